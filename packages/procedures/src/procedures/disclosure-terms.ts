/** What the moves of a coordinated disclosure say, and when its embargo is agreed. */
import { fields, secondsOf } from '@comity/statement'
import { type Static, Type } from 'typebox'
import type { Guard, GuardLook } from '../definition.ts'

const { closed, date, documents, justification, list, oneOf, seconds, text } = fields

export const words = { text: Type.Optional(text(4000)) }
export const message = { text: text(16_000), documents: Type.Optional(documents) }

/** States in which the others may be asked, and answer. */
export const underWay = ['acknowledged', 'validated', 'developing', 'embargo'] as const

/** Who sees a thread beside its author and whom it names. */
export const withCoordinator = ['coordinator'] as const

/** Of a vulnerability as its finder, a coordinator or a vendor names it. */
export const described = {
  title: text(400, 'what it is, in one line'),
  products: Type.Optional(list(text(400, 'a product, with the versions that were looked at'), 64)),
  description: text(16_000, 'how it comes about, how it is shown, what it allows'),
  severity: Type.Optional(text(512, 'vector, CVSS 3.1 or 4.0')),
  exploited: Type.Optional(
    oneOf(['not-known', 'suspected', 'known'], 'whether somebody uses it already: laws count from that'),
  ),
}

/** A moment with the zone in which people read it: an embargo without hour and zone ends at another time for each. */
export const moment = {
  endsAt: { ...date, description: 'when the embargo ends, in UTC to the second' },
  zone: Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9_+-]*(?:\\/[A-Za-z0-9_+-]+){0,2}$',
    maxLength: 64,
    description: 'the zone in which it is read, by its IANA name, such as `Europe/Paris`',
  }),
}

/** How a vendor stands; the words of OpenVEX, and nothing where it has said nothing. */
export const vendorStatus = closed({
  state: oneOf(['under_investigation', 'affected', 'not_affected', 'fixed']),
  justification: Type.Optional(justification),
  remedyBy: Type.Optional({ ...date, description: 'when its remedy is expected' }),
})

/** Laws that bind somebody in this case, and what their clocks count from. */
export const lawDuties = closed({
  laws: Type.Array(text(64, 'a clock profile, such as `eu-cra`'), { maxItems: 16, uniqueItems: true }),
  awareAt: { ...seconds, description: 'when it became aware of the vulnerability' },
  exploitedAt: Type.Optional({ ...seconds, description: 'when it became aware that somebody uses it' }),
  incidentAt: Type.Optional({ ...seconds, description: 'when it became aware of a severe incident' }),
  remedyAt: Type.Optional({ ...seconds, description: 'since when a corrective or mitigating measure is available' }),
})

/** What `propose-date` says. */
export const proposedMoment = closed(moment)

export type VendorStatus = Static<typeof vendorStatus>
export type LawDuties = Static<typeof lawDuties>

/** The laws that a move `state-duties` says. */
export function lawDutiesIn({ duties }: Readonly<Record<string, unknown>>): LawDuties {
  // Safe: the body was read against its schema.
  return duties as LawDuties
}

/** Facts that the agreement on an embargo depends on. */
const agreement = ['proposed', 'agreedTo', 'consents', 'status', 'steppedBack'] as const

/**
 * Who has not agreed to the date that is proposed. It asks the same of each vendor, so that one that sees itself alone can
 * check its part. Vendors that are not affected or have stepped back are not asked; one
 * that is silent is.
 */
export function withoutAgreement({ facts, roles }: Pick<GuardLook, 'facts' | 'roles'>): readonly string[] {
  const [agreedTo, status, steppedBack] = [by(facts, 'agreedTo'), by(facts, 'status'), by(facts, 'steppedBack')]
  const asked = (roles['vendor'] ?? []).filter((vendor) => {
    // Safe: written by a move whose body has this schema.
    const stands = status[vendor] as VendorStatus | undefined
    return stands?.state !== 'not_affected' && steppedBack[vendor] === undefined
  })
  const end = proposedIn(facts)?.endsAt
  const reporter = facts['consents'] === end ? [] : (roles['reporter'] ?? [])
  return [...reporter, ...asked.filter((party) => agreedTo[party] !== end)]
}

/** The embargo that the coordinator sets is the one that was proposed. */
function otherThanProposed({ facts, body }: GuardLook): string | undefined {
  const proposed = proposedIn(facts)
  if (proposed === undefined) return 'no date was proposed: propose one first'
  if (body['endsAt'] === proposed.endsAt && body['zone'] === proposed.zone) return undefined
  return `the date that was proposed is ${proposed.endsAt}, read in ${proposed.zone}`
}

export const agreedByAll: Guard = {
  reads: agreement,
  says: 'the date that was proposed, and everybody who is asked has agreed to it',
  check: (look) => {
    const other = otherThanProposed(look)
    if (other !== undefined) return other
    const missing = withoutAgreement(look)
    if (missing.length === 0) return undefined
    const more = missing.length > 3 ? ` and ${missing.length - 3} others` : ''
    return `${missing.slice(0, 3).join(', ')}${more} have not agreed to ${String(look.body['endsAt'])}`
  },
}

export const asProposed: Guard = {
  reads: ['proposed'],
  says: 'the date that was proposed',
  check: otherThanProposed,
}

export const inTheFuture: Guard = {
  reads: [],
  says: 'the embargo ends later than now',
  check: ({ body, at }) => {
    const end = proposedIn(body)?.endsAt ?? ''
    return secondsOf(end) > at ? undefined : `${end} has passed already`
  },
}

/** Who agrees names the date: what somebody agreed to is not moved under his hands. */
const namesProposed = (field: string): Guard => ({
  reads: ['proposed'],
  says: 'the date that is proposed now',
  check: ({ facts, body }) => {
    const proposed = proposedIn(facts)
    if (proposed === undefined) return 'no date was proposed'
    return body[field] === proposed.endsAt ? undefined : `the date that is proposed now is ${proposed.endsAt}`
  },
})

export const theDateProposed = namesProposed('agreedTo')
export const consentToProposed = namesProposed('consents')

export const justified: Guard = {
  reads: [],
  says: 'a justification stands with not_affected, and only there',
  check: ({ body }) => {
    // Safe: the body was read against its schema.
    const { state, justification: why } = body['status'] as VendorStatus
    if ((state === 'not_affected') === (why !== undefined)) return undefined
    return state === 'not_affected'
      ? 'say why not: /status/justification'
      : 'a justification stands with not_affected alone'
  },
}

/** Before the agreed minute only with a reason. */
export const atTheMinute: Guard = {
  reads: ['endsAt'],
  says: 'not before the agreed minute, unless the reason is said',
  check: ({ facts, body, at, clocks }) => {
    const isRunning = clocks['embargo'] === 'running' && secondsOf(String(facts['endsAt'])) > at
    if (isRunning && body['early'] === undefined)
      return `the embargo ends at ${String(facts['endsAt'])}: say in /early why it is published before`
    return undefined
  },
}

/** The date that a move `propose-date` says, or a case keeps. */
export function proposedIn(said: Readonly<Record<string, unknown>>): Static<typeof proposedMoment> | undefined {
  // Safe: written by a move whose body has this schema.
  return said['proposed'] as Static<typeof proposedMoment> | undefined
}

function by(facts: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  // Safe: a fact that is collected is a record from party to value.
  return (facts[name] ?? {}) as Readonly<Record<string, unknown>>
}
