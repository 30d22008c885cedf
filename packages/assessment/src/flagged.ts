import type { Candidate, PartyRecord } from './candidates.ts'
import { type ClockSort, clockWordOf, flaggedStandings } from './case-word.ts'
import type { Rule } from './rule.ts'

/** A flag that clocks raise, by which word, and on what. */
export interface Flagged {
  readonly flag: keyof typeof flaggedStandings
  readonly by: ClockSort
  readonly cases: readonly Candidate[]
}

/** What `due` and `overdue` are raised by: clocks that stand so in cases that the party entered by uncontested moves. */
export function flaggedBy({ clocks = [] }: Rule, record: PartyRecord): readonly Flagged[] {
  return (['due', 'overdue'] as const).flatMap((flag) =>
    clocks.flatMap((by): readonly Flagged[] => {
      const { clock, ...word } = clockWordOf(by)
      const asked = { ...word, clock: { ...clock, standings: flaggedStandings[flag] } }
      const cases = record.candidates(asked, 'clock').filter(({ standing }) => standing === 'met')
      return cases.length === 0 ? [] : [{ flag, by, cases }]
    }),
  )
}
