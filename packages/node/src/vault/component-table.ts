import { type Component, type Sbom, formatPurl, purlKey } from '@comity/exposure'
import type { Database } from '../register/database.ts'
import type { MatchedComponent } from './match.ts'
import type { Pace } from './pace.ts'
import type { Partition } from './partition.ts'

/** A package that an inventory holds, in one version. */
export interface HeldPackage {
  /** By which rules for it are found. */
  readonly key: string
  readonly component: MatchedComponent
}

/** A row of the table with the inventory that it belongs to. */
export interface KeptComponent {
  readonly inventory: number
  readonly component: MatchedComponent
}

/**
 * The components of inventories, to be found by package when an advisory comes.
 *
 * A large inventory is put in and taken out over several transactions (`endSlice` ends one and begins the next), so that
 * no commit and no checkpoint of SQLite is long. Whoever is cut short begins again with {@link remove}, and only what
 * is reduced in order reads the table, so that nobody sees half an inventory.
 */
export class ComponentTable {
  readonly #database: Database
  readonly #endSlice: () => Promise<void>

  constructor(database: Database, endSlice: () => Promise<void>) {
    this.#database = database
    this.#endSlice = endSlice
  }

  async put(partition: Partition, inventory: number, packages: Iterable<HeldPackage>, pace: Pace): Promise<void> {
    let n = 0
    for (const { key, component } of packages) {
      const sealed = partition.seal(placeOfComponent(inventory, n), component)
      this.#database
        .prepare('INSERT INTO component (inventory, n, partition, package, sealed) VALUES (?, ?, ?, ?, ?)')
        .run(inventory, n, partition.number, partition.tag('package', key), sealed)
      n += 1
      if (n % rowsAtOnce === 0) await this.#endSlice()
      else if (pace.spend(8)) await pace.rest()
    }
  }

  async remove(inventory: number): Promise<void> {
    const last = this.#database.prepare('SELECT max(n) AS n FROM component WHERE inventory = ?').get(inventory)?.['n']
    if (typeof last !== 'number') return
    for (let from = 0; from <= last; from += rowsAtOnce) {
      this.#database
        .prepare('DELETE FROM component WHERE inventory = ? AND n >= ? AND n < ?')
        .run(inventory, from, from + rowsAtOnce)
      await this.#endSlice()
    }
  }

  /** Also those of an inventory that was cut short and has no row yet. */
  async removeOf(partition: number): Promise<void> {
    const rows = this.#database.prepare('SELECT DISTINCT inventory FROM component WHERE partition = ?').all(partition)
    for (const row of rows) await this.remove(Number(row['inventory']))
  }

  withPackage(partition: Partition, key: string): KeptComponent[] {
    return this.#database
      .prepare('SELECT inventory, n, sealed FROM component WHERE partition = ? AND package = ? ORDER BY inventory, n')
      .all(partition.number, partition.tag('package', key))
      .map((row) => {
        const inventory = Number(row['inventory'])
        const place = placeOfComponent(inventory, Number(row['n']))
        return { inventory, component: partition.open<MatchedComponent>(place, row['sealed']) }
      })
  }
}

/** Rows between two commits: some ten milliseconds of work, half a mebibyte. */
export const rowsAtOnce = 500

/**
 * The packages that an inventory holds, what it is an inventory of among them: each package in each version once, with
 * the first place where it occurs. What has no package URL cannot be matched and is counted with the inventory.
 */
export async function packagesOf(sbom: Sbom, pace: Pace): Promise<HeldPackage[]> {
  const packages = new Map<string, HeldPackage>()
  const { component: main } = sbom.metadata
  for (const each of main === undefined ? sbom.components : [main, ...sbom.components]) {
    if (each.purl === undefined) continue
    if (pace.spend()) await pace.rest()
    const component = matchedOf(each, formatPurl(each.purl))
    const identity = identityOf(component)
    const known = packages.get(identity)
    if (known === undefined) packages.set(identity, { key: purlKey(each.purl), component })
    else {
      const occurrences = known.component.occurrences + 1
      packages.set(identity, { key: known.key, component: { ...known.component, occurrences } })
    }
  }
  return [...packages.values()]
}

function matchedOf({ group, name, version, path }: Component, purl: string): MatchedComponent {
  return {
    purl,
    name: group === undefined ? name : `${group}/${name}`,
    ...(version !== undefined && { version }),
    path,
    occurrences: 1,
  }
}

/** Two components are one for matching when this is the same. */
export function identityOf({ purl, version }: MatchedComponent): string {
  return JSON.stringify([purl, version])
}

/** Where the sealed column of a row is bound to. */
export function placeOfComponent(inventory: number, n: number): string {
  return `component ${inventory} ${n}`
}
