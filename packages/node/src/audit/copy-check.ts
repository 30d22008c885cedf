import { type Tree, hashesAtLevel, tilePath, tileWidth } from '@comity/log'
import { leafHashes } from '../federation/mirror/mirror-copy.ts'
import type { Differences } from './difference.ts'
import { readBundles } from './read-entries.ts'
import type { CopyReport } from './report.ts'
import type { AuditSource } from './source.ts'
import { firstDifference, hexAt } from './tree-check.ts'

/** Differences of one copy that are named; a copy that is another throughout has one for each bundle. */
const named = 8

/**
 * Compares a copy of a log, entry by entry and tile by tile, with the log as it was read. Entries are compared by their
 * hashes: signatures and rules were checked where they were read. What differs is the fault of the copy's node.
 */
export class CopyCheck {
  readonly #tree: Tree
  readonly #differences: Differences
  readonly #origin: string
  #found = 0

  /** `tree`: over the entries that were read. `differences`: of the log at whose node the copy is. */
  constructor(parts: { tree: Tree; origin: string; differences: Differences }) {
    this.#tree = parts.tree
    this.#differences = parts.differences
    this.#origin = parts.origin
  }

  /** The first `size` entries of the copy, which the log has too. `onEntries` hears how many were compared. */
  async compare(copy: AuditSource, size: number, onEntries: (done: number) => void): Promise<CopyReport> {
    let entries = 0
    for await (const bundle of readBundles(copy, size)) {
      if ('failed' in bundle) {
        const { where, what } = bundle.failed
        this.#report(copy, where, what)
        break
      }
      const count = bundle.entries.length
      this.#compareHashes(copy, bundle.index, count, leafHashes(bundle.entries))
      entries += count
      onEntries(entries)
    }
    const tiles = copy.hasTiles ? await this.#compareTiles(copy, size) : 0
    return { origin: this.#origin, source: copy.name, size, entries, tiles }
  }

  #compareHashes(copy: AuditSource, index: number, width: number, hashes: Uint8Array): void {
    const own = this.#tree.tile(0, index, width)
    const at = firstDifference(own, hashes)
    if (at === undefined) return
    const what = `this entry of the copy is another than the log has`
    this.#report(copy, `entry ${index * tileWidth + at}`, what, hexAt(own, at), hexAt(hashes, at))
  }

  async #compareTiles(copy: AuditSource, size: number): Promise<number> {
    let compared = 0
    for (let level = 0; hashesAtLevel(level, size) > 0; level++) {
      const all = hashesAtLevel(level, size)
      for (let index = 0; index * tileWidth < all; index++) {
        const width = Math.min(tileWidth, all - index * tileWidth)
        await this.#compareTile(copy, level, index, width)
        compared += 1
      }
    }
    return compared
  }

  async #compareTile(copy: AuditSource, level: number, index: number, width: number): Promise<void> {
    const served = await copy.tile(level, index, width)
    const where = tilePath(level, index, width)
    if (served === undefined) return this.#report(copy, where, 'the copy does not have this tile')
    const own = this.#tree.tile(level, index, width)
    const at = firstDifference(own, served)
    if (at === undefined) return
    this.#report(copy, where, `hash ${at} of this tile is another than the log has`, hexAt(own, at), hexAt(served, at))
  }

  #report(copy: AuditSource, place: string, what: string, expected?: string, found?: string): void {
    this.#found += 1
    if (this.#found > named) return
    this.#differences.add({
      code: 'copy-differs',
      where: `${place} at ${copy.name}`,
      what: this.#found < named ? what : `${what}; what else differs in this copy is not named`,
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found }),
    })
  }
}
