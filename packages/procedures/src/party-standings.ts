/** How each of many parties of a role stands: what it has said, its own clocks, and its silence, which says nothing. */
import { type Case, type ClockStanding, deadlineOf, type RunningClock, standingOf } from './case.ts'
import { momentText } from './clocks/end.ts'
import type { Procedure } from './definition.ts'

/** One party's own clock, with hour and zone. */
export interface EachClockView extends RunningClock {
  readonly name: string
  readonly title: string
  readonly standing: ClockStanding
  readonly deadline: string
}

export interface PartyStanding {
  readonly party: string
  /** What it said last, by the names of the facts. Nothing where it is silent. */
  readonly said: Readonly<Record<string, unknown>>
  /** It has said nothing of what is asked. That is no answer, and never one that it has nothing to say. */
  readonly isSilent: boolean
  readonly clocks: readonly EachClockView[]
}

/** Which of them: behind so many, and how many. A moment takes longer to write than all else about a party. */
export interface StandingsAsked {
  readonly after?: number
  readonly limit?: number
}

/** Parties on one page, where nothing is said. */
const usualLimit = 50

/**
 * How the parties of a role stand, in the order in which they came to it.
 *
 * @param at in seconds since the epoch
 */
export function standingsOf(
  procedure: Procedure,
  of: Case,
  role: string,
  at: number,
  { after = 0, limit = usualLimit }: StandingsAsked = {},
): readonly PartyStanding[] {
  const facts = collectedBy(procedure, role)
  const clocks = Object.entries(procedure.clocks).filter(([, { isEach, binds }]) => isEach === true && binds === role)
  return (of.roles[role] ?? []).slice(after, after + limit).map((party) => {
    const said = Object.fromEntries(
      facts.flatMap((fact) => {
        // Safe: a fact that is collected is a record from party to value.
        const all = (of.facts[fact] ?? {}) as Readonly<Record<string, unknown>>
        return Object.hasOwn(all, party) ? [[fact, all[party]]] : []
      }),
    )
    const own = clocks.flatMap(([name, { title }]) => {
      const running = of.eachClocks?.[name]?.[party]
      if (running === undefined) return []
      const standing = standingOf(running, at, of.suspendedAt)
      return [{ name, title, standing, ...running, deadline: momentText(deadlineOf(running), of.place) }]
    })
    return { party, said, isSilent: Object.keys(said).length === 0, clocks: own }
  })
}

/** Facts that moves of a role keep for each of its parties. */
function collectedBy({ moves }: Procedure, role: string): readonly string[] {
  const own = Object.values(moves).filter(({ by }) => by !== 'anyone' && by.includes(role))
  return [...new Set(own.flatMap(({ collects = [] }) => collects))]
}
