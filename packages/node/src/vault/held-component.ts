/** A component as the vault keeps it, sealed: what matching looks at, and what a match shows of it. */
import {
  type Component,
  formatPurl,
  keysOfComponent,
  type Matchable,
  parsePurl,
  type Sbom,
  versionOf,
} from '@comity/exposure'
import type { MatchedComponent } from './match.ts'
import type { Pace } from './pace.ts'

export interface HeldComponent {
  readonly purl?: string
  readonly group?: string
  readonly name: string
  readonly vendor?: string
  readonly version?: string
  readonly cpes?: readonly string[]
  /** From the root of the dependency graph, of the occurrence that is nearest to it. */
  readonly path: readonly string[]
  /** How often the inventory lists it. */
  readonly occurrences: number
}

/** One with the keys by which rules for it are found. */
export interface KeyedComponent {
  readonly keys: readonly string[]
  readonly component: HeldComponent
}

/** What matching takes of it. */
export function matchableOf({ purl, ...rest }: HeldComponent): Matchable {
  return { ...rest, ...(purl !== undefined && { purl: parsePurl(purl) }) }
}

/** What a match shows of it. */
export function shownOf(held: HeldComponent): MatchedComponent {
  const { purl, group, name, path, occurrences } = held
  const version = versionOf(matchableOf(held))
  return {
    ...(purl !== undefined && { purl }),
    name: group === undefined ? name : `${group}/${name}`,
    ...(version !== undefined && { version }),
    path,
    occurrences,
  }
}

/**
 * What makes two components one: rules tell them apart by nothing but their keys and their version. Packages of several
 * architectures, and one of which the package URL is written in two ways, are one component that occurs twice.
 */
export function identityOf(held: HeldComponent): string {
  const matchable = matchableOf(held)
  return JSON.stringify([keysOfComponent(matchable).toSorted(), versionOf(matchable) ?? null])
}

/** The components of an SBOM that anything can be found by, what it is an SBOM of among them, each once. */
export async function componentsOf(sbom: Sbom, pace: Pace): Promise<readonly KeyedComponent[]> {
  const found = new Map<string, KeyedComponent>()
  const { component: main } = sbom.metadata
  for (const each of main === undefined ? sbom.components : [main, ...sbom.components]) {
    const keys = keysOfComponent(each)
    if (keys.length === 0) continue
    if (pace.spend()) await pace.rest()
    const component = heldOf(each)
    const identity = JSON.stringify([keys.toSorted(), versionOf(each) ?? null])
    const known = found.get(identity)
    if (known === undefined) found.set(identity, { keys, component })
    else found.set(identity, { keys: known.keys, component: nearer(known.component, component) })
  }
  return [...found.values()]
}

function nearer(known: HeldComponent, other: HeldComponent): HeldComponent {
  const isNearer = other.path.length > 0 && other.path.length < known.path.length
  return { ...(isNearer ? other : known), occurrences: known.occurrences + 1 }
}

function heldOf({ purl, group, name, vendor, version, cpes, path }: Component): HeldComponent {
  return {
    ...(purl !== undefined && { purl: formatPurl(purl) }),
    ...(group !== undefined && { group }),
    name,
    ...(vendor !== undefined && { vendor }),
    ...(version !== undefined && { version }),
    ...(cpes !== undefined && { cpes }),
    path,
    occurrences: 1,
  }
}
