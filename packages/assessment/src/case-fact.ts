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
  /** Facts that name this party, as lists of parties or records by party: `suspendedBy` of an agreement, say. By name. */
  readonly marks: readonly string[]
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
  /** None of these facts names the party. */
  readonly unmarked?: readonly string[]
  readonly clock?: AskedClock
}

/** A clock that binds the party and has one of these standings. */
export interface AskedClock {
  readonly name: string
  readonly standings: readonly ClockStanding[]
  /** Nor has the party made one of these itself. */
  readonly undone?: readonly string[]
  /** It began with the latest move of this name, and that was the party's own. */
  readonly begun?: string
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

function standingAmong(moves: readonly CaseMove[], names: readonly string[] | undefined): Standing {
  if (names === undefined) return 'met'
  return strongest(moves.filter(({ name }) => names.includes(name)).map(({ ref }) => standingOf(ref)))
}

/** How firmly a case is what is asked for: `contested` where nothing but contested moves makes it so. */
export function askedStanding(fact: CaseFact, asked: CasesAsked): Standing {
  if (!isOfSort(fact, asked)) return 'unmet'
  return weakest([standingAmong(fact.moves, asked.made), standingAmong(fact.others, asked.others)])
}

function isOfSort(fact: CaseFact, asked: CasesAsked): boolean {
  const { procedure, roles, without = [], states, kept = {}, unmarked = [], clock } = asked
  return (
    fact.procedure === procedure &&
    (roles === undefined || fact.roles.some((role) => roles.includes(role))) &&
    !fact.roles.some((role) => without.includes(role)) &&
    (states === undefined || (fact.standing !== 'withdrawn' && states.includes(fact.state))) &&
    Object.entries(kept).every(([field, word]) => fact.kept[field] === word) &&
    !fact.marks.some((name) => unmarked.includes(name)) &&
    (clock === undefined || hasClock(fact, clock))
  )
}

function hasClock({ clocks, moves, others }: CaseFact, { name, standings, undone = [], begun }: AskedClock): boolean {
  const clock = clocks.find((each) => each.name === name)
  if (clock === undefined || !clock.bound || !standings.includes(clock.standing)) return false
  if (moves.some((move) => undone.includes(move.name))) return false
  if (begun === undefined) return true
  const [own, theirs] = [moves, others].map((list) => list.find((move) => move.name === begun)?.ref)
  return own !== undefined && (theirs === undefined || compareLatest(own, theirs) < 0)
}

export function isAsked(fact: CaseFact, asked: CasesAsked): boolean {
  return askedStanding(fact, asked) !== 'unmet'
}

/** Cases that are firmly what is asked for come first, then those opened last. Total over cases. */
export function compareCases(asked: CasesAsked): (a: CaseFact, b: CaseFact) => number {
  const isContested = (fact: CaseFact): number => (askedStanding(fact, asked) === 'contested' ? 1 : 0)
  return (a, b) => isContested(a) - isContested(b) || compareLatest(a.opening, b.opening)
}
