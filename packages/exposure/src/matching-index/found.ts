/** What a look-up finds, in either direction. */
import type { Outcome } from '../match/outcome.ts'

/** What one rule says of an item. */
export interface KeyedOutcome extends Outcome {
  /** The key under which the two met. */
  readonly key: string
}

/**
 * A set of keys in one version, and what the rules of one advisory say of it, in the order of the advisory.
 * At least one of them says more than that it is harmless; what they come to together, `match` tells for the
 * component in its document.
 */
export interface ItemFound {
  readonly keys: readonly string[]
  /** Undefined where the component has none. */
  readonly version: string | undefined
  readonly outcomes: readonly KeyedOutcome[]
}

/** An inventory that an advisory concerns, and why. */
export interface ConcernedInventory {
  readonly inventory: string
  readonly found: readonly ItemFound[]
}

/** An advisory that concerns an inventory, and why. */
export interface ConcerningAdvisory {
  readonly advisory: string
  readonly found: readonly ComponentsFound[]
}

export interface ComponentsFound extends ItemFound {
  /** Which components they are: places in the order in which the inventory was given, from 0 on. */
  readonly places: readonly number[]
}
