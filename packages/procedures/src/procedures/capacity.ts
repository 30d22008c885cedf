import { fields } from '@comity/statement'
import { Type } from 'typebox'
import { type Case, hasLapsed } from '../case.ts'
import { type Citation, defineProcedure, type GuardLook } from '../definition.ts'
import { terms } from './capacity-terms.ts'

const { closed, date, documents, party, text } = fields

const code: Citation = {
  text: 'International Code of Conduct for Information Security (A/66/359), provisions h and i',
  verified: true,
}
const clearingHouse: Citation = {
  text: 'practice of the Global Forum on Cyber Expertise: the requester chooses',
  verified: false,
}
const ours: Citation = { text: "this project's own choice: a need that nobody met is to be seen", verified: true }

const standingOffers = Type.Array(
  Type.String({ pattern: '^urn:comity:case:[0-9a-f]{64}:[a-z0-9][a-z0-9.-]{0,63}$', description: 'case URN' }),
  { maxItems: 8, uniqueItems: true, description: 'cases of offers to all that are taken up with it' },
)
const milestones = Type.Array(closed({ name: text(80), due: Type.Optional(date) }), { minItems: 1, maxItems: 16 })

/** By name, what is planned and what was reached. Safe: nothing but the two functions below writes it. */
const planIn = ({ facts }: GuardLook) => (facts['plan'] ?? {}) as Readonly<Record<string, 'planned' | 'reached'>>

function planned(look: GuardLook): Readonly<Record<string, unknown>> {
  const named = (look.body['milestones'] ?? []) as readonly { readonly name: string }[] // as the schema has it
  return { plan: { ...Object.fromEntries(named.map(({ name }) => [name, 'planned'])), ...planIn(look) } }
}

function reached(look: GuardLook): Readonly<Record<string, unknown>> {
  const state = look.body['reached'] === true ? 'reached' : 'planned'
  return { plan: { ...planIn(look), [String(look.body['name'])]: state } }
}

/** Whoever offered in this case, or stands to an offer to all that is named: the URN of such a case has its party in it. */
function strangersTo({ body, roles }: GuardLook): readonly string[] {
  const named = body['partners'] as readonly string[] // as the schema below has it
  const standing = (body['offers'] ?? []) as readonly string[]
  return named.filter((each) => {
    const hex = each.slice(each.lastIndexOf(':') + 1)
    return roles['offerer']?.includes(each) !== true && !standing.some((urn) => urn.split(':')[3] === hex)
  })
}

/** Needs and offers of help. Offers are filtered for a need, and the requester chooses. */
export const capacity = defineProcedure({
  name: 'capacity',
  version: 1,
  title: 'Help and capacity',
  purpose:
    'A party says what it needs; others offer, for this need or to all; the requester chooses, and nobody else does. What was agreed becomes a project with milestones, which both sides evaluate. A need that nobody met is shown as unmet.',
  provisions: ['code-i', 'code-h'],
  roles: {
    requester: { title: 'Who needs help' },
    offerer: { title: 'Who offers it', most: 64, isBystander: true },
    partner: { title: 'Whose offer was chosen', most: 8 },
  },
  seat: 'opener',
  visibility: 'public',
  states: {
    open: { title: 'Needed', record: { provision: 'code-i', text: 'A need is on record.' } },
    standing: { title: 'Offered to all', record: { provision: 'code-i', text: 'Help is offered to all.' } },
    chosen: { title: 'An offer was chosen' },
    project: {
      title: 'Project',
      isSettled: true,
      record: { provision: 'code-i', text: 'Help was agreed, and its milestones are on record.' },
    },
    evaluated: {
      title: 'Evaluated',
      isEnd: true,
      record: { provision: 'code-i', text: 'Help was given, and both sides evaluated it.' },
    },
    unmet: { title: 'Unmet', isEnd: true, record: { provision: 'code-i', text: 'A need was not met.' } },
    over: { title: 'No longer offered', isEnd: true },
  },
  moves: {
    need: {
      title: 'Say what is needed',
      by: 'anyone',
      joins: 'requester',
      from: 'opening',
      to: 'open',
      body: closed(terms),
      keeps: ['theme'],
      cites: [code],
    },
    'offer-to-all': {
      title: 'Offer help to whoever needs it',
      by: 'anyone',
      joins: 'offerer',
      from: 'opening',
      to: 'standing',
      body: closed(terms),
      keeps: ['theme'],
      cites: [code],
    },
    'end-offer': {
      title: 'Offer it no longer',
      by: ['offerer'],
      from: ['standing'],
      to: 'over',
      body: closed({ text: Type.Optional(text(4000)) }),
    },
    offer: {
      title: 'Offer',
      by: 'anyone',
      joins: 'offerer',
      again: true,
      from: ['open'],
      to: 'same',
      body: closed(terms),
      cites: [code],
    },
    choose: {
      title: 'Choose an offer',
      by: ['requester'],
      from: ['open'],
      to: 'chosen',
      body: closed({
        partners: Type.Array(party, { minItems: 1, maxItems: 8, uniqueItems: true }),
        offers: Type.Optional(standingOffers),
      }),
      frees: ['partner'],
      binds: { partners: 'partner' },
      resets: ['agree', 'plan'],
      guard: {
        reads: [],
        says: 'only who has offered is chosen',
        check: (look) => {
          const strangers = strangersTo(look)
          return strangers.length === 0 ? undefined : `${strangers.join(', ')} has offered nothing`
        },
      },
      cites: [clearingHouse],
    },
    agree: {
      title: 'Agree',
      by: ['partner'],
      each: true,
      from: ['chosen'],
      to: 'project',
      body: closed({
        milestones: Type.Optional(milestones),
        text: Type.Optional(text(4000)),
        documents: Type.Optional(documents),
      }),
      derives: { reads: ['plan'], facts: ['plan'], from: planned },
    },
    'ask-again': {
      title: 'Ask for other offers',
      by: ['requester'],
      from: ['chosen'],
      to: 'open',
      body: closed({ reason: Type.Optional(text(4000)) }),
    },
    milestone: {
      title: 'Report a milestone',
      by: ['requester', 'partner'],
      from: ['project'],
      to: 'same',
      body: closed({
        name: text(80),
        reached: Type.Boolean(),
        next: Type.Optional({ ...date, description: 'when the next one is due' }),
        text: Type.Optional(text(4000)),
        documents: Type.Optional(documents),
      }),
      guard: {
        reads: ['plan'],
        says: 'at most 32 in a project',
        check: (look) =>
          Object.keys(planIn(look)).length < 32 || Object.hasOwn(planIn(look), String(look.body['name']))
            ? undefined
            : 'the project has 32 milestones already: report on one of them',
      },
      derives: { reads: ['plan'], facts: ['plan'], from: reached },
    },
    evaluate: {
      title: 'Evaluate',
      by: ['requester', 'partner'],
      each: true,
      from: ['project'],
      to: 'evaluated',
      body: closed({ text: text(16_000), documents: Type.Optional(documents) }),
    },
    'close-unmet': {
      title: 'Say that nobody met the need',
      by: ['requester'],
      from: ['open'],
      to: 'unmet',
      after: 'offers',
      body: closed({ text: Type.Optional(text(4000)) }),
    },
  },
  clocks: {
    offers: {
      title: 'Offers',
      starts: ['need', 'ask-again'],
      stops: ['choose'],
      length: { days: 90 },
      binds: 'offerer',
      source: ours,
      lapse: 'the need is shown among those that nobody met; the requester may close it',
      opens: ['close-unmet'],
    },
    period: {
      title: 'The offer to all',
      starts: ['offer-to-all'],
      stops: ['end-offer'],
      length: { until: 'until' },
      binds: 'offerer',
      source: ours,
      lapse: 'the offer has ended by its own terms',
      opens: [],
      term: 'over',
    },
    'next-milestone': {
      title: 'The next milestone',
      starts: ['milestone'],
      stops: ['milestone'],
      length: { until: 'next' },
      binds: 'partner',
      source: { text: 'what the partners themselves said', verified: true },
      lapse: 'the milestone is shown as overdue; nothing else follows',
      opens: [],
    },
  },
  sources: [code, clearingHouse],
  example: [
    {
      by: 'requester',
      move: 'need',
      after: 0,
      body: {
        theme: 'incident-response',
        means: ['training'],
        text: 'Two weeks of training for a team of six.',
        places: ['XA'],
        languages: ['fr'],
      },
    },
    {
      by: 'offerer',
      move: 'offer',
      after: 5 * 86_400,
      body: { theme: 'incident-response', means: ['training'], text: 'We can come in March.', languages: ['fr', 'en'] },
    },
    { by: 'requester', move: 'choose', after: 5 * 86_400, body: { partners: ['offerer'] } },
    {
      by: 'offerer',
      move: 'agree',
      after: 86_400,
      body: { milestones: [{ name: 'First week' }, { name: 'Second week', due: '2027-04-01T00:00:00Z' }] },
    },
    {
      by: 'offerer',
      move: 'milestone',
      after: 60 * 86_400,
      body: { name: 'First week', reached: true, next: '2027-04-01T00:00:00Z' },
    },
    { by: 'requester', move: 'milestone', after: 30 * 86_400, body: { name: 'Second week', reached: true } },
    {
      by: 'requester',
      move: 'evaluate',
      after: 30 * 86_400,
      body: { text: 'The team answers incidents by itself now.' },
    },
    { by: 'offerer', move: 'evaluate', after: 86_400, body: { text: 'Done as planned.' } },
  ],
})

/** Whether a need is unmet at a moment: its requester said so, or the time for offers is over and none was chosen. */
export function isUnmet({ state, clocks, suspendedAt, withdrawnAt }: Case, at: number): boolean {
  if (withdrawnAt !== undefined) return false
  return state === 'unmet' || (state === 'open' && hasLapsed(clocks['offers'], at, suspendedAt))
}
