import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Citation, defineProcedure } from '../definition.ts'

const { closed, date, documents, oneOf, party, text } = fields

const directory: Citation = {
  text: 'Global intergovernmental points of contact directory (OEWG, A/79/214, annex A): contacts are tested',
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
    'An organiser announces an exercise and names who takes part. A ping asks the points of contact to answer within 24 hours; other exercises end with what was learnt. Who did not answer is shown as not having answered, and nothing more.',
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
    done: { title: 'Run', record: { provision: 'code-h', text: 'An exercise was run.' } },
    learnt: { title: 'With lessons', isEnd: true, record: { provision: 'code-h', text: 'What was learnt is public.' } },
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
        subject: text(400),
        planned: Type.Optional(date),
        documents: Type.Optional(documents),
      }),
      keeps: ['type'],
      cites: [directory, cooperation],
    },
    start: { title: 'Start it', by: ['organiser'], from: ['announced'], to: 'running', body: closed({}) },
    answer: {
      title: 'Answer',
      by: ['participant'],
      once: true,
      from: ['running'],
      to: 'same',
      body: closed({
        text: Type.Optional(text(4000)),
        through: Type.Optional(oneOf(['diplomatic', 'technical', 'judicial'])),
      }),
      cites: [directory],
    },
    end: {
      title: 'End it',
      by: ['organiser'],
      from: ['running'],
      to: 'done',
      body: closed({ result: Type.Optional(text(16_000)) }),
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
      stops: ['end'],
      length: { hours: 24 },
      binds: 'participant',
      source: directory,
      lapse: 'who has not answered is shown as not having answered; the organiser ends it when it likes',
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
        participants: ['participant', 'participant 2'],
        subject: 'Half-yearly test of the contacts',
      },
    },
    { by: 'organiser', move: 'start', after: 3600, body: {} },
    { by: 'participant', move: 'answer', after: 1200, body: { through: 'technical' } },
    { by: 'organiser', move: 'end', after: 86_400, body: {} },
    { by: 'organiser', move: 'report', after: 86_400, body: { lessons: 'One of two answered, after twenty minutes.' } },
  ],
})
