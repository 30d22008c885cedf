/** What matching tells components apart by. */
import { keysOfComponent } from '../match/identifiers.ts'
import { type Matchable, versionOf } from '../match/matchable.ts'

/** A component as the index needs it. */
export interface IndexedComponent {
  /** Under which rules for it lie (`keysOfComponent`); a component without any is found by no advisory. */
  readonly keys: readonly string[]
  readonly version?: string | undefined
}

/** A component of an inventory, for the index. */
export function indexedComponent(component: Matchable): IndexedComponent {
  return { keys: keysOfComponent(component), version: versionOf(component) }
}

/** A set of keys and a version: components that share both are one item, and rules say the same of them. */
export interface Item {
  /** Each once, in ascending order. */
  readonly keys: readonly string[]
  /** Empty where there is none. */
  readonly version: string
}

/**
 * A set of keys as one text, the same for the same set and for no other: the only key there is, or a JSON
 * array of them in ascending order.
 */
export function keySetOf(keys: readonly string[]): string {
  const [only = ''] = keys
  // Texts as SQLite keeps them: UTF-8 has no halves of surrogate pairs.
  if (keys.length === 1 && !only.startsWith('[')) return only.toWellFormed()
  const distinct = [...new Set(keys.map((key) => key.toWellFormed()))].sort()
  const [first = ''] = distinct
  return distinct.length === 1 && !first.startsWith('[') ? first : JSON.stringify(distinct)
}

/** The same component with keys as SQLite keeps them. */
export function wellFormed(component: IndexedComponent): IndexedComponent {
  const { keys, version } = component
  if (keys.every((key) => key.isWellFormed())) return component
  return { keys: keys.map((key) => key.toWellFormed()), version }
}

/** The inverse of {@link keySetOf}. */
export function keysOf(keySet: string): readonly string[] {
  return keySet.startsWith('[') ? JSON.parse(keySet) : [keySet]
}
