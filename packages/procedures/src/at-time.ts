import { type Case, deadlineOf } from './case.ts'
import type { Procedure, StateRecord } from './definition.ts'

/** Nothing follows in it but replies. */
export function isEnded({ states }: Pick<Procedure, 'states'>, of: Case): boolean {
  return of.withdrawnAt !== undefined || states[of.state]?.isEnd === true
}

/**
 * The case as it is at a moment: a term that has run out by then took effect when it did, and who had given notice has
 * left when it said. Nothing else that time does changes a case.
 */
export function atTime(procedure: Procedure, of: Case, at: number): Case {
  if (isEnded(procedure, of) || of.suspendedAt !== undefined) return of
  const due = [...termsDue(procedure, of, at), ...departuresDue(procedure, of, at)]
  due.sort((one, other) => one.at - other.at)
  let now = of
  for (const { at: then, effect } of due) {
    if (isEnded(procedure, now)) break
    const after = effect(now)
    if (after !== now) now = Object.assign({}, after, { movedAt: Math.max(now.movedAt, then) })
  }
  return now
}

/** What happens by itself, and when. */
interface Due {
  readonly at: number
  effect(of: Case): Case
}

function termsDue({ clocks }: Procedure, of: Case, at: number): readonly Due[] {
  return Object.entries(of.clocks).flatMap(([name, running]) => {
    const { term, spares = [] } = clocks[name] ?? {}
    const end = deadlineOf(running)
    if (term === undefined || running.stoppedAt !== undefined || end >= at) return []
    const effect = (now: Case): Case =>
      spares.includes(now.state)
        ? now
        : Object.assign({}, now, { state: term, clocks: { ...now.clocks, [name]: { ...running, stoppedAt: end } } })
    return [{ at: end, effect }]
  })
}

function departuresDue(procedure: Procedure, of: Case, at: number): readonly Due[] {
  return departuresOf(procedure, of)
    .filter(({ at: then }) => then < at)
    .map(({ role, party, at: then }) => ({ at: then, effect: (now) => withoutOne(procedure, now, role, party) }))
}

/** The case once a party has left. Its notice is spent: who comes back has given none. */
function withoutOne({ roles }: Procedure, now: Case, role: string, party: string): Case {
  const { leaves } = roles[role] ?? {}
  if (leaves === undefined) return now
  const left = (now.roles[role] ?? []).filter((each) => each !== party)
  const notices = Object.entries(leavingIn(now, leaves.fact)).filter(([each]) => each !== party)
  const after: Case = {
    ...now,
    roles: { ...now.roles, [role]: left },
    facts: { ...now.facts, [leaves.fact]: Object.fromEntries(notices) },
  }
  if (left.length < leaves.least) return { ...after, state: leaves.state }
  return { ...after, state: leaves.choose?.(after, now.state) ?? now.state }
}

/** A party that has given notice and not left yet. */
export interface Departure {
  readonly party: string
  readonly role: string
  /** When it leaves, in seconds since the epoch. */
  readonly at: number
  /** The clock that shows the latest of such notices. */
  readonly clock: string
}

/** Who leaves a case, the next first: each by its own notice, also where a later one has set the clock anew. */
export function departuresOf({ roles }: Procedure, of: Case): readonly Departure[] {
  return Object.entries(roles)
    .flatMap(([role, { leaves }]) => {
      if (leaves === undefined) return []
      return Object.entries(leavingIn(of, leaves.fact)).flatMap(([party, at]) =>
        of.roles[role]?.includes(party) === true ? [{ party, role, at, clock: leaves.clock }] : [],
      )
    })
    .sort((one, other) => one.at - other.at)
}

/** Whether a clock shows the latest of several notices, each of which takes effect by itself. */
export function isOfNotices({ roles }: Procedure, clock: string): boolean {
  return Object.values(roles).some(({ leaves }) => leaves?.clock === clock)
}

/** By party, when it leaves. Safe: such a fact is written by derivations that give it this form. */
export function leavingIn({ facts }: Pick<Case, 'facts'>, fact: string): Readonly<Record<string, number>> {
  return (facts[fact] ?? {}) as Readonly<Record<string, number>>
}

/** What a state puts on record, for which provisions, in whichever case. */
export function recordsIn({ states }: Pick<Procedure, 'states'>, state: string): readonly StateRecord[] {
  const record = states[state]?.record
  if (record === undefined) return []
  return 'provision' in record ? [record] : record
}

/** What this case, in the state in which it is, puts on record. Of a case that was withdrawn nothing stays so. */
export function recordsOf(procedure: Procedure, of: Case): readonly StateRecord[] {
  if (of.withdrawnAt !== undefined) return []
  return recordsIn(procedure, of.state).filter(({ where }) => where === undefined || of.facts[where.fact] === where.is)
}
