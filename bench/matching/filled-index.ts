/** An index with the inventories of `population.ts`, and what a list costs in it. */
import type { Rule } from '@comity/exposure'
import { type MatchIndex, openMatchIndex } from '@comity/exposure/matching-index'
import { type Drawn, Population, seeded } from './population.ts'

export interface Size {
  readonly inventories: number
  readonly components: number
  readonly packages: number
  readonly seed: number
}

/** The inventories of a size, the same at every call. */
export function* drawn({
  inventories,
  components,
  packages,
  seed,
}: Size): Generator<readonly [string, readonly Drawn[]]> {
  const population = new Population(packages, seeded(seed))
  for (let i = 0; i < inventories; i++) yield [idOf(i), population.drawInventory(components)]
}

/** As long as a UUID in a URN. */
export function idOf(i: number): string {
  return `urn:uuid:7d4b0a5e-5a7c-4bb1-8c3e-${String(i).padStart(12, '0')}`
}

/** Milliseconds beside the making of the inventories. */
export function load(path: string, size: Size): number {
  const index = openMatchIndex(path)
  const loader = index.load()
  let milliseconds = 0
  for (const [id, components] of drawn(size)) {
    const before = performance.now()
    loader.add(id, components)
    milliseconds += performance.now() - before
  }
  const before = performance.now()
  loader.end()
  // The last connection that closes folds SQLite's log in.
  index.close()
  return milliseconds + performance.now() - before
}

export interface Listing {
  readonly milliseconds: number
  readonly listed: number
}

export function list(index: MatchIndex, rule: Rule): Listing {
  const before = performance.now()
  let listed = 0
  for (const { inventory, found } of index.inventoriesUnder([rule])) {
    if (inventory !== '' && found.length > 0) listed += 1
  }
  return { milliseconds: performance.now() - before, listed }
}
