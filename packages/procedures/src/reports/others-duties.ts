import type { Move } from '../case.ts'
import { acrossEmbargo, dutiesUnder, type DutyView, type Happenings } from '../clocks/duties.ts'
import { ProcedureError } from '../procedure-error.ts'
import { recordOf } from './record.ts'

/** Reports of one party that are due before the embargo of its disclosure ends. */
export interface CrossingDuties {
  readonly party: string
  readonly duties: readonly DutyView[]
  /** Laws that it named and that have no profile here: nobody knows their clocks. */
  readonly unknown: readonly string[]
}

/**
 * Whose laws cut across the embargo of a disclosure, as far as these moves are seen: all of them for its coordinator, its
 * own for a vendor. Without an embargo, or a date for it, nobody's do.
 *
 * @param at the moment it is looked at, in seconds since the epoch
 */
export function crossingDuties(
  moves: readonly Pick<Move, 'statement' | 'name' | 'by' | 'body'>[],
  at: number,
): readonly CrossingDuties[] {
  const { embargoEndsAt } = recordOf({ moves })
  if (embargoEndsAt === undefined) return []
  const parties = new Set(moves.flatMap(({ name, by }) => (name === 'state-duties' ? [by] : [])))
  return [...parties].flatMap((urn) => {
    const own = moves.filter(({ by }) => by === urn)
    const { laws, happened } = recordOf({ moves: own })
    const known = laws.map((law) => [law, underOf(law, happened, at)] as const)
    const duties = acrossEmbargo(
      known.flatMap(([, views]) => views ?? []),
      embargoEndsAt,
    )
    const unknown = known.flatMap(([law, views]) => (views === undefined ? [law] : []))
    return duties.length + unknown.length === 0 ? [] : [{ party: urn, duties, unknown }]
  })
}

function underOf(law: string, happened: Happenings, at: number): readonly DutyView[] | undefined {
  try {
    return dutiesUnder([law], happened, at)
  } catch (error) {
    if (error instanceof ProcedureError) return undefined
    throw error
  }
}
