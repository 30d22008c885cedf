import type { ClockStanding } from '@comity/procedures'
import type { Ref } from './facts.ts'
import { compareAcknowledgements, compareLatest, compareText } from './order.ts'
import { type Standing, standingOf, strongest, weakest } from './standing.ts'

/** A move, and the statement that is it. */
export interface CaseMove {
  readonly name: string
  readonly ref: Ref
}

export interface CaseClock {
  readonly name: string
  /** With what home logs of the cut show to have been filed in time. */
  readonly standing: ClockStanding
  /** Whether it binds a role that the party has in the case. */
  readonly bound: boolean
  /** When it runs out, in seconds since the epoch: as agreed, else by its source. */
  readonly deadline: number
}

/** A case in which a party has a role, as it stands at a time, a term that has run out by then included. */
export interface CaseFact {
  readonly urn: string
  /** With its version: `dispute/1`. */
  readonly procedure: string
  readonly state: string
  /** `withdrawn`: its opener took it back. */
  readonly standing: 'open' | 'ended' | 'withdrawn'
  /** The move that opened it. */
  readonly opening: Ref
  /** Those that this party has in it, by name. */
  readonly roles: readonly string[]
  /** What this party did in it, by name: of each move the one that `firstOfEach` takes. */
  readonly moves: readonly CaseMove[]
  /** The same of all other parties together. */
  readonly others: readonly CaseMove[]
  /** Fields that its moves kept and that are text: `type` of an exercise, say. */
  readonly kept: Readonly<Record<string, string>>
  /** Of a restriction: names of the conditions that its record does not meet, supplements included. */
  readonly missing?: readonly string[]
  /** By name; none that still ran when the case ended: nobody waits for it. */
  readonly clocks: readonly CaseClock[]
}

/** Which cases are asked for. What is absent asks nothing. */
export interface CasesAsked {
  /** At this time, in seconds since the epoch. */
  readonly at: number
  /** With its version. */
  readonly procedure: string
  /** The party has one of these roles. */
  readonly roles?: readonly string[]
  /** It has none of these. */
  readonly without?: readonly string[]
  /** The party itself made one of these moves. */
  readonly made?: readonly string[]
  /** Another party made one of these. */
  readonly others?: readonly string[]
  /** The case is in one of these states, and was not withdrawn. */
  readonly states?: readonly string[]
  /** Fields with these words. */
  readonly kept?: Readonly<Record<string, string>>
  /** The party made it before this clock ran out; a clock that is not among those of the case had not when it ended. */
  readonly before?: string
  /** This clock binds the party and has one of these standings, and the party has not made one of `undone` itself. */
  readonly clock?: {
    readonly name: string
    readonly standings: readonly ClockStanding[]
    readonly undone: readonly string[]
  }
}

/**
 * One of each name: a statement that nobody contests before one that is, then the latest; by name. A case has as many as
 * its procedure has moves, however often they were made.
 */
export function firstOfEach(moves: Iterable<CaseMove>): readonly CaseMove[] {
  const first = new Map<string, CaseMove>()
  for (const move of moves) {
    const before = first.get(move.name)
    if (before === undefined || compareAcknowledgements(move.ref, before.ref) < 0) first.set(move.name, move)
  }
  return [...first.values()].sort((a, b) => compareText(a.name, b.name))
}

function standingAmong(moves: readonly CaseMove[], names: readonly string[] | undefined, before = Infinity): Standing {
  if (names === undefined) return 'met'
  const named = moves.filter(({ name, ref }) => names.includes(name) && ref.at <= before)
  return strongest(named.map(({ ref }) => standingOf(ref)))
}

/** How firmly a case is what is asked for: `contested` where nothing but contested moves makes it so. */
export function askedStanding(fact: CaseFact, asked: CasesAsked): Standing {
  const { roles, without, states, kept, clock, before } = asked
  const has = (role: string): boolean => fact.roles.includes(role)
  const isSo =
    fact.procedure === asked.procedure &&
    (roles === undefined || roles.some(has)) &&
    (without === undefined || !without.some(has)) &&
    (states === undefined || (fact.standing !== 'withdrawn' && states.includes(fact.state))) &&
    Object.entries(kept ?? {}).every(([field, word]) => fact.kept[field] === word) &&
    (clock === undefined || hasClock(fact, clock))
  if (!isSo) return 'unmet'
  const deadline =
    before === undefined ? undefined : (fact.clocks.find(({ name }) => name === before)?.deadline ?? Infinity)
  return weakest([standingAmong(fact.moves, asked.made, deadline), standingAmong(fact.others, asked.others)])
}

function hasClock({ clocks, moves }: CaseFact, { name, standings, undone }: NonNullable<CasesAsked['clock']>): boolean {
  const clock = clocks.find((each) => each.name === name)
  if (clock === undefined || !clock.bound || !standings.includes(clock.standing)) return false
  return !moves.some((move) => undone.includes(move.name))
}

export function isAsked(fact: CaseFact, asked: CasesAsked): boolean {
  return askedStanding(fact, asked) !== 'unmet'
}

/** Cases that are firmly what is asked for come first, then those opened last. Total over cases. */
export function compareCases(asked: CasesAsked): (a: CaseFact, b: CaseFact) => number {
  const isContested = (fact: CaseFact): number => (askedStanding(fact, asked) === 'contested' ? 1 : 0)
  return (a, b) => isContested(a) - isContested(b) || compareLatest(a.opening, b.opening)
}
