import type { ProvisionId } from '@comity/instruments'
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
  /** Whether the finding lists cases: for a pledge, or part of one, not to do. */
  readonly cases: boolean
}

/** The one rung of provisions whose evidence has no kind of statement yet. */
export const declaredOnly: readonly Rung[] = [{ level: 'declared', requires: some('declaration') }]
