import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Citation, defineProcedure, type Derivation } from '../definition.ts'
import {
  comment,
  covenant,
  manila,
  missingConditions,
  type Notice,
  noticeFields,
  personalDataIn,
  rabat,
} from './restriction-conditions.ts'

const { closed, digest, list, oneOf, party, text } = fields

/** Documents are named by their digests and never attached: whoever is concerned stands in most of them. */
const evidence = Type.Optional(list(digest, 16, 'digests of documents that the parties hold'))

const code: Citation = {
  text: 'International Code of Conduct for Information Security (A/66/359), provisions c and f',
  verified: true,
}

/** The conditions that are not met stand on the face of the record: none of them makes it complete. */
const face: Derivation = {
  reads: [],
  facts: ['missing'],
  // Safe: the body was read against a schema that has all fields of a notice.
  from: ({ body }) => ({ missing: missingConditions(body as Notice) }),
}

/** Restrictions of information, as records. Nothing here restricts, asks for a restriction, or passes one on. */
export const restriction = defineProcedure({
  name: 'restriction',
  version: 1,
  title: 'Record of a restriction',
  purpose:
    'Who restricts information says so, on which law and ground, and until when; what the record does not show is listed on its face. Anybody may record a restriction that was not announced. It can be appealed, upheld, reversed, and ends by itself on the day that was said.',
  provisions: ['code-c', 'code-f', 'code-a'],
  roles: {
    issuer: { title: 'Who restricts, or says that it does' },
    recorder: { title: 'Who records a restriction that nobody announced' },
    recipient: { title: 'Who was asked to carry it out', most: 16 },
    counsel: { title: 'Who speaks for the person concerned, without a name', most: 8, isBystander: true },
    reviewer: { title: 'The court or body that hears an appeal' },
  },
  seat: 'opener',
  visibility: 'public',
  refuses: {
    says: 'a record of a restriction names nobody whom it hits, and no content; documents are given by their digests',
    documents: true,
    find: (body) => personalDataIn(body),
  },
  states: {
    noticed: {
      title: 'Notice',
      record: { provision: 'code-f', text: 'A restriction was announced, complete or not.' },
    },
    recorded: {
      title: 'Unannounced',
      record: { provision: 'code-f', text: "A restriction was recorded by a third party, as that party's claim." },
    },
    appealed: {
      title: 'Appealed',
      isSettled: true,
      record: { provision: 'code-f', text: 'An appeal is pending.' },
    },
    upheld: {
      title: 'Upheld',
      isSettled: true,
      record: { provision: 'code-f', text: 'A restriction was upheld on appeal.' },
    },
    reversed: {
      title: 'Reversed',
      isSettled: true,
      record: { provision: 'code-f', text: 'A restriction was reversed on appeal.' },
    },
    expired: {
      title: 'Expired',
      isEnd: true,
      record: { provision: 'code-f', text: 'A restriction has ended on the day that was said.' },
    },
    reinstated: {
      title: 'Reinstated',
      isEnd: true,
      record: { provision: 'code-f', text: 'What was restricted is accessible again.' },
    },
  },
  moves: {
    notice: {
      title: 'Give notice of a restriction',
      by: 'anyone',
      joins: 'issuer',
      derives: face,
      binds: { recipients: 'recipient', reviewer: 'reviewer' },
      from: 'opening',
      to: 'noticed',
      body: closed({
        ...noticeFields,
        recipients: Type.Optional(Type.Array(party, { maxItems: 16, uniqueItems: true })),
        reviewer: Type.Optional(party),
        evidence,
      }),
      cites: [covenant, comment, rabat, manila],
    },
    record: {
      title: 'Record a restriction that was not announced',
      by: 'anyone',
      joins: 'recorder',
      derives: face,
      binds: { issuer: 'issuer', reviewer: 'reviewer' },
      from: 'opening',
      to: 'recorded',
      body: closed({
        ...noticeFields,
        issuer: Type.Optional(party),
        reviewer: Type.Optional(party),
        method: text(1000, 'how it was found, so that others can find it too'),
        evidence,
      }),
      cites: [code],
    },
    supplement: {
      title: 'Add what the notice did not show',
      derives: face,
      by: ['issuer'],
      from: ['noticed', 'recorded', 'appealed'],
      to: 'same',
      body: closed({ ...noticeFields, evidence }),
    },
    appeal: {
      title: 'Appeal',
      by: 'anyone',
      joins: 'counsel',
      from: ['noticed', 'recorded'],
      to: 'appealed',
      body: closed({ text: text(4000), evidence }),
      cites: [manila],
    },
    decide: {
      title: 'Decide on the appeal',
      by: ['reviewer'],
      from: ['appealed'],
      to: ['upheld', 'reversed'],
      body: closed({
        result: oneOf(['upheld', 'reversed']),
        reasons: text(16_000),
        evidence,
      }),
      decide: { reads: [], choose: ({ body }) => (body['result'] === 'reversed' ? 'reversed' : 'upheld') },
      cites: [manila],
    },
    'appeal-further': {
      title: 'Appeal further',
      by: ['counsel', 'issuer'],
      from: ['upheld', 'reversed'],
      to: 'appealed',
      body: closed({ text: text(4000), evidence }),
    },
    reinstate: {
      title: 'Say that it is accessible again',
      by: ['issuer', 'recipient'],
      from: ['noticed', 'recorded', 'appealed', 'upheld', 'reversed'],
      to: 'reinstated',
      body: closed({ text: Type.Optional(text(1000)) }),
      cites: [manila],
    },
  },
  clocks: {
    validity: {
      title: 'The restriction',
      starts: ['notice', 'record', 'supplement'],
      stops: ['reinstate'],
      length: { until: 'end' },
      binds: 'issuer',
      source: manila,
      lapse: 'the restriction has ended by its own terms; an appeal that is pending is decided before the case ends',
      opens: [],
      term: 'expired',
      spares: ['appealed'],
    },
  },
  sources: [code, covenant, comment, rabat, manila],
  example: [
    {
      by: 'issuer',
      move: 'notice',
      after: 0,
      body: {
        request: 'court-order',
        basis: { instrument: 'Act on the protection of minors', article: '12' },
        ground: 'rights-of-others',
        order: {
          court: 'Regional court',
          reference: '3 O 17/26',
          date: '2026-11-20T00:00:00Z',
          sha256: `sha256:${'0d'.repeat(32)}`,
        },
        content: `sha256:${'c0'.repeat(32)}`,
        necessity: { threat: 'A child could be recognised.', link: 'The picture shows the way to school.' },
        alternatives: ['Blurring was tried, and did not suffice.'],
        end: '2027-11-20T00:00:00Z',
        notified: { at: '2026-11-21T00:00:00Z' },
        appeal: { body: 'Court of appeal' },
        reviewer: 'reviewer',
      },
    },
    { by: 'counsel', move: 'appeal', after: 5 * 86_400, body: { text: 'The way cannot be told from the picture.' } },
    {
      by: 'reviewer',
      move: 'decide',
      after: 40 * 86_400,
      body: { result: 'reversed', reasons: 'Nothing in it tells where it was taken.' },
    },
    { by: 'issuer', move: 'reinstate', after: 86_400, body: {} },
  ],
})
