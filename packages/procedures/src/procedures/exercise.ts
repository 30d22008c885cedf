import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Citation, defineProcedure } from '../definition.ts'

const { closed, date, documents, kidHex, language, list, oneOf, party, text } = fields

const contact = oneOf(['diplomatic', 'technical', 'judicial'])

const directory: Citation = {
  text: 'Global intergovernmental points of contact directory (OEWG, A/79/214, annex A): contacts are tested, every six months, and answer within a day',
  verified: false,
}
const cooperation: Citation = {
  text: 'International Code of Conduct for Information Security (A/66/359), provision h',
  verified: true,
}

/** Exercises of readiness. The test of points of contact is one: who answers within a day is reachable. */
export const exercise = defineProcedure({
  name: 'exercise',
  version: 1,
  title: 'Exercise',
  purpose:
    'An organiser announces an exercise and names who takes part. A ping asks one function of the directory of contacts, diplomatic, technical or judicial, to answer within 24 hours, and is repeated every six months; other exercises end with what was learnt. What an answer says of hours, language and key is shown beside what the directory said when it was asked, and decides nothing. Who did not answer is shown as not having answered, and nothing more.',
  provisions: ['code-e', 'code-h', 'code-j'],
  roles: {
    organiser: { title: 'Who runs it' },
    participant: { title: 'Who takes part', most: 256 },
  },
  seat: 'opener',
  visibility: 'public',
  states: {
    announced: { title: 'Announced' },
    running: { title: 'Running', record: { provision: 'code-h', text: 'An exercise takes place.' } },
    done: {
      title: 'Run',
      record: [
        { provision: 'code-h', text: 'An exercise was run.' },
        { provision: 'code-e', text: 'Readiness was exercised.' },
        { provision: 'code-j', text: 'Points of contact were tested.', where: { fact: 'type', is: 'ping' } },
      ],
    },
    learnt: {
      title: 'With lessons',
      isEnd: true,
      record: [
        { provision: 'code-h', text: 'What was learnt is public.' },
        { provision: 'code-e', text: 'Readiness was exercised, and what was learnt is public.' },
        { provision: 'code-j', text: 'Points of contact were tested.', where: { fact: 'type', is: 'ping' } },
      ],
    },
  },
  moves: {
    announce: {
      title: 'Announce an exercise',
      by: 'anyone',
      joins: 'organiser',
      binds: { participants: 'participant' },
      from: 'opening',
      to: 'announced',
      body: closed({
        type: oneOf(['ping', 'table-top', 'technical', 'other'], 'what is exercised'),
        participants: Type.Array(party, { minItems: 1, maxItems: 256, uniqueItems: true }),
        function: Type.Optional({ ...contact, description: 'of a ping: which function of the directory is to answer' }),
        languages: Type.Optional(list(language, 16, 'in which an answer is asked for')),
        subject: text(400),
        planned: Type.Optional(date),
        documents: Type.Optional(documents),
      }),
      guard: {
        reads: [],
        says: 'a ping names the function that is tested',
        check: ({ body }) =>
          body['type'] === 'ping' && body['function'] === undefined
            ? 'a ping tests one function of the directory: say which in function, and open another for the next'
            : undefined,
      },
      keeps: ['type', 'function'],
      cites: [directory, cooperation],
    },
    start: {
      title: 'Start it, or the next round of it',
      by: ['organiser'],
      from: ['announced', 'done'],
      to: 'running',
      resets: ['answer'],
      body: closed({}),
    },
    answer: {
      title: 'Answer',
      by: ['participant'],
      each: true,
      once: true,
      from: ['running'],
      to: 'same',
      body: closed({
        text: Type.Optional(text(4000)),
        language: Type.Optional(language),
        hours: Type.Optional(text(200, 'when the contact is reached, with its time zone')),
        key: Type.Optional({ ...kidHex, description: 'key of the contact, by its thumbprint (RFC 9679)' }),
      }),
      cites: [directory],
    },
    end: {
      title: 'End it',
      by: ['organiser'],
      from: ['running'],
      to: 'done',
      body: closed({ result: Type.Optional(text(16_000)) }),
      guard: {
        reads: [],
        says: 'a ping ends once all have answered or its 24 hours are over',
        check: ({ clocks }) =>
          clocks['answers'] === 'running' ? 'some have not answered yet, and their 24 hours are not over' : undefined,
      },
    },
    report: {
      title: 'Publish what was learnt',
      by: ['organiser'],
      from: ['done'],
      to: 'learnt',
      body: closed({ lessons: text(16_000), documents: Type.Optional(documents) }),
    },
  },
  clocks: {
    answers: {
      title: 'Answers of the points of contact',
      starts: ['start'],
      where: { fact: 'type', is: 'ping' },
      stops: ['answer'],
      length: { hours: 24 },
      binds: 'participant',
      source: directory,
      lapse: 'who has not answered is shown as not having answered; the organiser ends it when it likes',
      opens: [],
    },
    next: {
      title: 'The next test',
      starts: ['end'],
      where: { fact: 'type', is: 'ping' },
      stops: ['start', 'report'],
      length: { months: 6 },
      binds: 'organiser',
      source: directory,
      lapse: 'the next round is due; nothing else follows',
      opens: [],
    },
  },
  sources: [directory, cooperation],
  example: [
    {
      by: 'organiser',
      move: 'announce',
      after: 0,
      body: {
        type: 'ping',
        function: 'technical',
        participants: ['participant', 'participant 2'],
        subject: 'Half-yearly test of the contacts',
      },
    },
    { by: 'organiser', move: 'start', after: 3600, body: {} },
    { by: 'participant', move: 'answer', after: 1200, body: { language: 'en', hours: 'all day, UTC' } },
    { by: 'organiser', move: 'end', after: 86_400, body: {} },
    { by: 'organiser', move: 'report', after: 86_400, body: { lessons: 'One of two answered, after twenty minutes.' } },
  ],
})
