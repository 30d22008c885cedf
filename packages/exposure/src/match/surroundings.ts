/** What an inventory holds beside one component: that which the component may be a part of, or run on. */
import { keysOfComponent, type Identified } from './identifiers.ts'
import { versionOf, type Matchable } from './matchable.ts'

/** Versions of components, by every key of theirs. */
export type Surroundings = ReadonlyMap<string, readonly (string | undefined)[]>

/** The surroundings that the components of one inventory make. */
export function surroundingsOf(components: Iterable<Matchable & Identified>): Surroundings {
  const found = new Map<string, (string | undefined)[]>()
  for (const component of components) {
    const version = versionOf(component)
    for (const key of keysOfComponent(component)) {
      const known = found.get(key)
      if (known === undefined) found.set(key, [version])
      else if (!known.includes(version)) known.push(version)
    }
  }
  return found
}
