import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Citation, defineProcedure } from '../definition.ts'

const { closed, digest, documents, party, text } = fields

const initiative: Citation = {
  text: 'Global Initiative on Data Security (2020), the call to confirm the commitments by agreements',
  verified: true,
}
const treaties = (article: string, verified: boolean): Citation => ({
  text: `Vienna Convention on the Law of Treaties, art. ${article}`,
  verified,
})

/** Agreements between two parties or many: from the proposal to signature, amendment, suspension, notice and end. */
export const agreement = defineProcedure({
  name: 'agreement',
  version: 1,
  title: 'Agreement',
  purpose:
    'A party proposes terms to others. The agreement is in force once each has signed the same terms. It is amended the same way, suspended with good faith shown on record, and ends by consent of all or twelve months after notice.',
  provisions: ['gids-9', 'gids-6', 'code-j'],
  roles: {
    party: { title: 'Who is to be bound', most: 193 },
    depositary: { title: 'Who keeps the texts and tells the parties' },
    'third-state': { title: 'A State that says what the terms do to its data', most: 32 },
  },
  seat: 'opener',
  visibility: 'public',
  states: {
    proposed: { title: 'Proposed' },
    'in-force': {
      title: 'In force',
      record: { provision: 'gids-9', text: 'The commitments are confirmed by an agreement in force.' },
    },
    amending: {
      title: 'In force, an amendment is proposed',
      record: { provision: 'gids-9', text: 'The agreement is in force as it was.' },
    },
    suspended: {
      title: 'Suspended by a party',
      record: { provision: 'gids-9', text: 'A party has suspended the agreement.' },
    },
    ending: {
      title: 'In force, notice was given',
      record: { provision: 'gids-9', text: 'The agreement is in force until the notice runs out.' },
    },
    rejected: { title: 'Not concluded', isEnd: true },
    ended: { title: 'Ended', isEnd: true, record: { provision: 'gids-9', text: 'The agreement has ended.' } },
  },
  moves: {
    'propose-terms': {
      title: 'Propose terms',
      by: 'anyone',
      joins: 'party',
      binds: { parties: 'party', depositary: 'depositary' },
      from: 'opening',
      to: 'proposed',
      body: closed({
        parties: Type.Array(party, { minItems: 1, maxItems: 192, uniqueItems: true }),
        depositary: Type.Optional(party),
        subject: text(400),
        terms: digest,
        conflicts: Type.Optional(digest),
        documents: Type.Optional(documents),
      }),
      keeps: ['terms'],
      cites: [initiative],
    },
    observe: {
      title: 'Say what the terms do to a third State',
      by: 'anyone',
      joins: 'third-state',
      from: ['proposed', 'amending', 'in-force'],
      to: 'same',
      body: closed({ text: text(16_000), documents: Type.Optional(documents) }),
      cites: [treaties('34', false)],
    },
    sign: {
      title: 'Sign',
      by: ['party'],
      each: true,
      from: ['proposed'],
      to: 'in-force',
      body: closed({ terms: digest }),
      guard: {
        reads: ['terms'],
        says: 'all sign the same terms',
        check: ({ facts, body }) =>
          facts['terms'] === body['terms'] ? undefined : `the terms that were proposed are ${String(facts['terms'])}`,
      },
      cites: [treaties('11', true)],
    },
    decline: {
      title: 'Decline',
      by: ['party'],
      from: ['proposed'],
      to: 'rejected',
      body: closed({ reason: Type.Optional(text(4000)) }),
    },
    'propose-amendment': {
      title: 'Propose other terms',
      by: ['party'],
      from: ['in-force'],
      to: 'amending',
      resets: ['sign-amendment'],
      body: closed({ amended: digest, documents: Type.Optional(documents) }),
      keeps: ['amended'],
      cites: [treaties('39', true)],
    },
    'sign-amendment': {
      title: 'Sign the amendment',
      by: ['party'],
      each: true,
      from: ['amending'],
      to: 'in-force',
      body: closed({ amended: digest }),
      guard: {
        reads: ['amended'],
        says: 'all sign the same terms',
        check: ({ facts, body }) =>
          facts['amended'] === body['amended']
            ? undefined
            : `the terms that were proposed are ${String(facts['amended'])}`,
      },
    },
    'decline-amendment': {
      title: 'Decline the amendment',
      by: ['party'],
      from: ['amending'],
      to: 'in-force',
      body: closed({ reason: Type.Optional(text(4000)) }),
    },
    suspend: {
      title: 'Suspend',
      by: ['party'],
      from: ['in-force'],
      to: 'suspended',
      body: closed({ ground: text(4000, 'the breach or the change that is said to allow it') }),
      cites: [treaties('57 and 60', false)],
    },
    'resume-terms': {
      title: 'Resume',
      by: ['party'],
      from: ['suspended'],
      to: 'in-force',
      body: closed({ text: Type.Optional(text(4000)) }),
    },
    'give-notice': {
      title: 'Give notice of withdrawal',
      by: ['party'],
      from: ['in-force', 'suspended'],
      to: 'ending',
      body: closed({ reason: Type.Optional(text(4000)) }),
      cites: [treaties('56(2)', false)],
    },
    'take-back-notice': {
      title: 'Take the notice back',
      by: ['party'],
      from: ['ending'],
      to: 'in-force',
      body: closed({}),
      cites: [treaties('68', false)],
    },
    end: {
      title: 'End it by consent',
      by: ['party'],
      each: true,
      from: ['in-force', 'suspended', 'ending'],
      to: 'ended',
      body: closed({ text: Type.Optional(text(4000)) }),
      cites: [treaties('54(b)', false)],
    },
  },
  clocks: {
    notice: {
      title: 'Notice of withdrawal',
      starts: ['give-notice'],
      stops: ['take-back-notice', 'end'],
      length: { months: 12 },
      binds: 'party',
      source: treaties('56(2)', false),
      lapse: 'the agreement ends',
      opens: [],
      term: 'ended',
    },
  },
  sources: [initiative, treaties('11, 24, 39, 54, 56, 57, 60', false)],
  example: [
    {
      by: 'party',
      move: 'propose-terms',
      after: 0,
      body: {
        parties: ['party 2'],
        subject: 'Requests for data go through central authorities',
        terms: `sha256:${'7e'.repeat(32)}`,
      },
    },
    { by: 'party', move: 'sign', after: 86_400, body: { terms: `sha256:${'7e'.repeat(32)}` } },
    { by: 'party 2', move: 'sign', after: 30 * 86_400, body: { terms: `sha256:${'7e'.repeat(32)}` } },
    { by: 'party 2', move: 'propose-amendment', after: 300 * 86_400, body: { amended: `sha256:${'8f'.repeat(32)}` } },
    { by: 'party', move: 'decline-amendment', after: 10 * 86_400, body: { reason: 'The terms do as they are.' } },
    { by: 'party', move: 'end', after: 700 * 86_400, body: {} },
    { by: 'party 2', move: 'end', after: 86_400, body: {} },
  ],
})
