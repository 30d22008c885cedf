import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { endOf } from '../clocks/end.ts'
import { type Citation, defineProcedure, type Guard, type GuardLook, type StateRecord } from '../definition.ts'
import { agreementRules, ruleFault } from './agreement-rules.ts'

const { closed, digest, documents, party, statementId, text } = fields

const notice = { months: 12 } as const

const initiative: Citation = {
  text: 'Global Initiative on Data Security (2020), the call to confirm the commitments by agreements',
  verified: true,
}
const treaties = (article: string, verified: boolean): Citation => ({
  text: `Vienna Convention on the Law of Treaties, art. ${article}`,
  verified,
})

const confirmed = (said: string): readonly StateRecord[] => [
  { provision: 'gids-9', text: said },
  { provision: 'code-j', text: said },
]

type Look = Pick<GuardLook, 'facts' | 'roles'>

/** Who has suspended it, and who leaves when. Safe: nothing but the derivations below writes these facts. */
const suspendedBy = ({ facts }: Look) => (facts['suspendedBy'] ?? []) as readonly string[]
const leaving = ({ facts }: Look) => (facts['leaving'] ?? {}) as Readonly<Record<string, number>>

/** Between two parties at least it is applied, or it is suspended; with fewer that stay it is ending. */
function standingOf(look: Look): 'in-force' | 'ending' | 'suspended' {
  const parties = look.roles['party'] ?? []
  if (parties.filter((each) => !suspendedBy(look).includes(each)).length < 2) return 'suspended'
  return parties.filter((each) => !Object.hasOwn(leaving(look), each)).length < 2 ? 'ending' : 'in-force'
}

const soundRules: Guard = {
  reads: [],
  says: 'rules are of one mind',
  check: ({ body }) => ruleFault(body['rules']),
}

/** Agreements between two parties or many: from the proposal to signature, amendment, suspension, notice and end. */
export const agreement = defineProcedure({
  name: 'agreement',
  version: 1,
  title: 'Agreement',
  purpose:
    'A party proposes terms to others, as a document and, where they concern data, as rules. The agreement is in force once each has signed; where it is open, others accede. It is amended the same way. A party suspends it, or leaves twelve months after its notice, for itself: the agreement ends with fewer than two parties, or by consent of all.',
  provisions: ['gids-9', 'gids-6', 'code-j'],
  roles: {
    party: {
      title: 'Who is to be bound',
      most: 193,
      leaves: {
        fact: 'leaving',
        clock: 'notice',
        least: 2,
        state: 'ended',
        // An amendment that is before the parties stays before those that are left.
        choose: (left, state) => (state === 'amending' ? state : standingOf(left)),
      },
    },
    depositary: { title: 'Who keeps the texts and tells the parties', isBystander: true },
    'third-state': { title: 'A State that says what the terms do to its data', most: 64, isBystander: true },
  },
  seat: 'opener',
  visibility: 'public',
  states: {
    proposed: { title: 'Proposed' },
    'in-force': {
      title: 'In force',
      isSettled: true,
      record: confirmed('The commitments are confirmed by an agreement in force.'),
    },
    amending: {
      title: 'In force, an amendment is proposed',
      isSettled: true,
      record: confirmed('The agreement is in force as it was.'),
    },
    suspended: {
      title: 'Suspended',
      isSettled: true,
      record: confirmed('The agreement is suspended: fewer than two parties apply it.'),
    },
    ending: {
      title: 'In force, notice was given',
      isSettled: true,
      record: confirmed('The agreement is in force until the notice runs out.'),
    },
    rejected: { title: 'Not concluded', isEnd: true },
    ended: { title: 'Ended', isEnd: true, record: confirmed('The agreement has ended.') },
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
        rules: Type.Optional(agreementRules),
        open: Type.Optional(Type.Boolean({ description: 'whether others may accede' })),
        conflicts: Type.Optional({
          ...statementId,
          description: 'the statement that says what the terms do to third States',
        }),
        documents: Type.Optional(documents),
      }),
      brings: ['terms'],
      guard: soundRules,
      keeps: ['terms', 'open'],
      cites: [initiative],
    },
    observe: {
      title: 'Say what the terms do to a third State',
      by: 'anyone',
      joins: 'third-state',
      again: true,
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
      body: closed({
        amended: digest,
        rules: Type.Optional(agreementRules),
        conflicts: Type.Optional(statementId),
        documents: Type.Optional(documents),
      }),
      brings: ['amended'],
      guard: soundRules,
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
      derives: {
        reads: ['terms', 'amended'],
        facts: ['terms'],
        // With the last signature the amended terms are the terms.
        from: ({ facts, roles, made }) => ({
          terms: made.length + 1 === roles['party']?.length ? facts['amended'] : facts['terms'],
        }),
      },
    },
    accede: {
      title: 'Accede',
      by: 'anyone',
      joins: 'party',
      from: ['in-force'],
      to: 'same',
      body: closed({ terms: digest }),
      guard: {
        reads: ['open', 'terms'],
        says: 'the agreement is open to others, and the terms are those in force',
        check: ({ facts, body }) =>
          facts['open'] !== true
            ? 'the agreement is not open to others: its parties propose an amendment, or another agreement'
            : facts['terms'] === body['terms']
              ? undefined
              : `the terms in force are ${String(facts['terms'])}`,
      },
      cites: [treaties('15', false)],
    },
    'decline-amendment': {
      title: 'Decline the amendment',
      by: ['party'],
      from: ['amending'],
      to: 'in-force',
      body: closed({ reason: Type.Optional(text(4000)) }),
    },
    suspend: {
      title: 'Suspend it for itself',
      by: ['party'],
      from: ['in-force', 'ending', 'suspended'],
      to: ['in-force', 'ending', 'suspended'],
      body: closed({ ground: text(4000, 'the breach or the change that is said to allow it') }),
      guard: {
        reads: ['suspendedBy'],
        says: 'who has not suspended it already',
        check: (look) => (suspendedBy(look).includes(look.by) ? 'it is suspended by that party already' : undefined),
      },
      derives: {
        reads: ['suspendedBy'],
        facts: ['suspendedBy'],
        from: (look) => ({ suspendedBy: [...suspendedBy(look), look.by] }),
      },
      decide: { reads: ['suspendedBy', 'leaving'], choose: standingOf },
      cites: [treaties('57 and 60', false)],
    },
    'resume-terms': {
      title: 'Resume it',
      by: ['party'],
      from: ['in-force', 'ending', 'suspended'],
      to: ['in-force', 'ending', 'suspended'],
      body: closed({ text: Type.Optional(text(4000)) }),
      guard: {
        reads: ['suspendedBy'],
        says: 'who has suspended it',
        check: (look) => (suspendedBy(look).includes(look.by) ? undefined : 'it is not suspended by that party'),
      },
      derives: {
        reads: ['suspendedBy'],
        facts: ['suspendedBy'],
        from: (look) => ({ suspendedBy: suspendedBy(look).filter((party) => party !== look.by) }),
      },
      decide: { reads: ['suspendedBy', 'leaving'], choose: standingOf },
    },
    'give-notice': {
      title: 'Give notice of withdrawal',
      by: ['party'],
      from: ['in-force', 'ending', 'suspended'],
      to: ['in-force', 'ending', 'suspended'],
      body: closed({ reason: Type.Optional(text(4000)) }),
      guard: {
        reads: ['leaving'],
        says: 'who has not given it already',
        check: (look) => (Object.hasOwn(leaving(look), look.by) ? 'its notice runs already' : undefined),
      },
      derives: {
        reads: ['leaving'],
        facts: ['leaving'],
        from: (look) => ({ leaving: { ...leaving(look), [look.by]: endOf(look.at, notice, look.place) } }),
      },
      decide: { reads: ['suspendedBy', 'leaving'], choose: standingOf },
      cites: [treaties('56(2)', false)],
    },
    'take-back-notice': {
      title: 'Take the notice back',
      by: ['party'],
      from: ['in-force', 'ending', 'suspended'],
      to: ['in-force', 'ending', 'suspended'],
      body: closed({}),
      guard: {
        reads: ['leaving'],
        says: 'who has given it',
        check: (look) => (Object.hasOwn(leaving(look), look.by) ? undefined : 'no notice of that party runs'),
      },
      derives: {
        reads: ['leaving'],
        facts: ['leaving'],
        from: (look) => ({
          leaving: Object.fromEntries(Object.entries(leaving(look)).filter(([by]) => by !== look.by)),
        }),
      },
      decide: { reads: ['suspendedBy', 'leaving'], choose: standingOf },
      cites: [treaties('68', false)],
    },
    end: {
      title: 'End it by consent',
      by: ['party'],
      each: true,
      from: ['in-force', 'amending', 'suspended', 'ending'],
      to: 'ended',
      body: closed({ text: Type.Optional(text(4000)) }),
      cites: [treaties('54(b)', false)],
    },
  },
  clocks: {
    notice: {
      title: 'The latest notice of withdrawal',
      starts: ['give-notice'],
      stops: ['take-back-notice', 'end'],
      length: notice,
      binds: 'party',
      source: treaties('56(2)', false),
      lapse: 'who gave it is no party any more; with fewer than two the agreement has ended',
      opens: [],
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
        rules: [
          {
            name: 'subscriber-data',
            effect: 'permit',
            act: 'access',
            data: ['subscriber'],
            from: ['XA'],
            to: ['XB'],
            through: 'central-authority',
            conditions: ['judicial-authorisation', 'notice-to-person'],
            answer: { days: 30 },
            article: '4(1)',
          },
        ],
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
