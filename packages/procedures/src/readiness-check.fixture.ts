import { type Citation, defineProcedure } from '@comity/procedures'
import { fields } from '@comity/statement'
import { Type } from 'typebox'

const { closed, documents, oneOf, party, text } = fields

const code: Citation = {
  text: 'International Code of Conduct for Information Security (A/66/359), provision h',
  verified: true,
}
const ours: Citation = { text: "this project's own choice, where the parties name no time", verified: true }

/** Somebody asks another to look at how ready it is, and decides what becomes of what was found. */
export const readinessCheck = defineProcedure({
  name: 'readiness-check',
  version: 1,
  title: 'Readiness check',
  purpose:
    'A party asks another to look at how ready it is. What was found is public once the party that asked says so.',
  provisions: ['code-h'],
  roles: {
    host: { title: 'Who asks to be looked at' },
    checker: { title: 'Who looks' },
  },
  seat: 'opener',
  visibility: 'public',
  states: {
    asked: { title: 'Asked' },
    running: { title: 'Under way', record: { provision: 'code-h', text: 'A readiness check is under way.' } },
    reported: { title: 'Reported', isSettled: true },
    published: {
      title: 'Published',
      isEnd: true,
      record: { provision: 'code-h', text: 'A readiness check and its result are public.' },
    },
    declined: { title: 'Declined', isEnd: true },
  },
  moves: {
    ask: {
      title: 'Ask for a check',
      by: 'anyone',
      joins: 'host',
      binds: { checker: 'checker' },
      from: 'opening',
      to: 'asked',
      body: closed({ checker: party, subject: text(400), scope: oneOf(['people', 'systems', 'both']) }),
      keeps: ['scope'],
      cites: [code],
    },
    'take-on': {
      title: 'Take it on',
      by: ['checker'],
      from: ['asked'],
      to: 'running',
      body: closed({}),
    },
    decline: { title: 'Decline', by: ['checker'], from: ['asked'], to: 'declined', body: closed({}) },
    report: {
      title: 'Report what was found',
      by: ['checker'],
      from: ['running'],
      to: 'reported',
      body: closed({ result: text(4000), documents: Type.Optional(documents) }),
    },
    publish: { title: 'Publish it', by: ['host'], from: ['reported'], to: 'published', body: closed({}) },
    'ask-others': {
      title: 'Give up waiting',
      by: ['host'],
      from: ['asked'],
      to: 'declined',
      after: 'answer',
      body: closed({}),
    },
  },
  clocks: {
    answer: {
      title: 'Answer',
      starts: ['ask'],
      stops: ['take-on', 'decline'],
      length: { workingDays: 10 },
      binds: 'checker',
      source: ours,
      lapse: 'who asked may give up waiting; silence is no answer',
      opens: ['ask-others'],
    },
  },
  sources: [code],
  example: [
    { by: 'host', move: 'ask', after: 0, body: { checker: 'checker', subject: 'Grid operators', scope: 'systems' } },
    { by: 'checker', move: 'take-on', after: 86_400, body: {} },
    { by: 'checker', move: 'report', after: 86_400, body: { result: 'Two of three restored in time.' } },
    { by: 'host', move: 'publish', after: 86_400, body: {} },
  ],
})
