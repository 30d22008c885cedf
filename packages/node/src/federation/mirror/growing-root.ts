import { treeHasher } from '@comity/crypto'
import type { Tree } from '@comity/log'

const hashBytes = 32

/** Leaves that are hashed together where they are a whole subtree: many pairs at a time go faster. */
const together = 256

/** A complete subtree at the right end of a tree. */
interface Peak {
  readonly span: number
  readonly hash: Uint8Array
}

/**
 * The root that a tree will have when leaves are added, without adding them: what is to be verified must not stand in the
 * tree before it is. Keeps the peaks of RFC 9162 §2.1.1, at most one for each height.
 */
export class GrowingRoot {
  #size: number
  readonly #peaks: Peak[]

  private constructor(size: number, peaks: Peak[]) {
    this.#size = size
    this.#peaks = peaks
  }

  static of(tree: Tree): GrowingRoot {
    const peaks: Peak[] = []
    let start = 0
    let span = 1
    while (span * 2 <= tree.size) span *= 2
    for (; start < tree.size; span /= 2) {
      if (start + span > tree.size) continue
      peaks.push({ span, hash: tree.subtreeRoot(start, start + span) })
      start += span
    }
    return new GrowingRoot(tree.size, peaks)
  }

  get size(): number {
    return this.#size
  }

  /** Adds leaves by their hashes, one after the other. */
  add(leafHashes: Uint8Array): void {
    const count = leafHashes.length / hashBytes
    for (let i = 0; i < count;) {
      const span = this.#size % together === 0 && count - i >= together ? together : 1
      this.#push({ span, hash: subtreeRoot(leafHashes.subarray(i * hashBytes, (i + span) * hashBytes)) })
      this.#size += span
      i += span
    }
  }

  #push(added: Peak): void {
    let peak = added
    for (let last = this.#peaks.at(-1); last?.span === peak.span; last = this.#peaks.at(-1)) {
      peak = { span: 2 * peak.span, hash: treeHasher.node(last.hash, peak.hash) }
      this.#peaks.pop()
    }
    this.#peaks.push(peak)
  }

  /** The root over all leaves so far; undefined without any. */
  root(): Uint8Array | undefined {
    return this.#peaks
      .map(({ hash }) => hash)
      .reduceRight<Uint8Array | undefined>(
        (folded, peak) => (folded === undefined ? peak : treeHasher.node(peak, folded)),
        undefined,
      )
  }
}

/** The root over a power of two of hashes. */
function subtreeRoot(hashes: Uint8Array): Uint8Array {
  let level = hashes
  while (level.length > hashBytes) {
    const above = new Uint8Array(level.length / 2)
    treeHasher.pairs(level, level.length / (2 * hashBytes), above, 0)
    level = above
  }
  return level
}
