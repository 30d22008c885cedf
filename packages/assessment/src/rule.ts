import type { ProvisionId } from '@comity/instruments'
import type { ClockSort, ListedSort } from './case-word.ts'
import type { SupplyWord } from './supply-words.ts'
import { type Requirement, some } from './requirement.ts'

/** A rung above `silent`, and what it asks for. */
export interface Rung {
  readonly level: 'declared' | 'evidenced' | 'verified'
  readonly requires: Requirement
}

/**
 * How one provision is assessed. `silent` asks for adherence alone and needs no rung; a rung counts
 * only when every lower one is reached as well. Without rungs there is no level.
 */
export interface Rule {
  readonly provision: ProvisionId
  /** Ascending. Empty for a pledge not to do. */
  readonly rungs: readonly Rung[]
  /**
   * Which cases the finding lists. Absent: none, ever. A pledge, or part of one, not to do lists cases; so does a pledge
   * to do whose record is more than its ladder. What is listed never decides a level.
   */
  readonly cases?: readonly ListedSort[]
  /** Clocks that raise the flags `due` and `overdue`. A lapse never decides a level. */
  readonly clocks?: readonly ClockSort[]
  /** What the finding says of the products and their newest releases. Neither evidence nor gap decides a level. */
  readonly supply?: readonly SupplyWord[]
  /** Whether the finding cites notices of supply restrictions. They earn nothing and cost nothing. */
  readonly notices?: true
}

/** The one rung of provisions on which nothing but the party's own word can be said yet. */
export const declaredOnly: readonly Rung[] = [{ level: 'declared', requires: some('declaration') }]
