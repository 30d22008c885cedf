import { setImmediate as nextTurn } from 'node:timers/promises'
import { toHex } from '@comity/statement'
import { Batches } from '../../reading/batches.ts'
import { type CheckedEntry, EntryCheck } from '../../reading/check-entries.ts'
import { foldMirrored } from '../../register/fold-mirrored.ts'
import { indexOf } from '../../register/position.ts'
import type { Register } from '../../register/register.ts'
import type { MirrorCopy } from './mirror-copy.ts'

/** Runs a piece of work while nobody else writes the register: between two batches of the node's own log. */
export type Slice = (work: () => void) => Promise<void>

/** How long a slice goes on before it lets others write, in milliseconds. A batch is never parted. */
const sliceMilliseconds = 6

/** Entries read from the stream at a time while the register catches up. */
const readAtOnce = 2048

export interface MirrorFoldParts {
  readonly copy: MirrorCopy
  readonly register: Register
  readonly slice: Slice
  /** Hears that entries of this log were folded, up to this size. */
  readonly onFolded: (size: number) => void
}

/**
 * Folds the copy of a log into the register, batch by batch, with the judge and the reducers of a node. What the judge
 * refuses, what has no right signature and what is no statement is *void*: noted with its reason, without effect.
 *
 * Signatures were verified before the entries came into the copy, and its record lists those that do not hold. So a
 * rebuild verifies none again, and comes to the same rows.
 */
export class MirrorFold {
  readonly #parts: MirrorFoldParts
  #batches: Batches
  /** Entries of the copy that were given to {@link #batches}, folded or open. */
  #given: number
  #size: number

  constructor(parts: MirrorFoldParts) {
    this.#parts = parts
    this.#batches = this.#newBatches()
    this.#size = parts.register.size
    this.#given = this.#size
  }

  /** Entries that are folded. */
  get size(): number {
    return this.#size
  }

  /** Entries at the end of the copy that no time leaf closes yet. */
  get open(): readonly CheckedEntry[] {
    return this.#batches.open
  }

  /** Folds what the copy holds and the register has not seen: after a start, a rebuild, or a fold that failed. */
  async catchUp(onProgress?: (done: number, total: number) => void): Promise<void> {
    const { copy, register } = this.#parts
    const check = new EntryCheck(register.book)
    while (this.#given < copy.size) {
      const end = Math.min(this.#given + readAtOnce, copy.size)
      await this.add(await this.#kept(check, this.#given, end))
      check.folded(register.range.from + this.size)
      onProgress?.(end, copy.size)
    }
  }

  /**
   * Takes the next entries of the copy, which are durable, and folds every batch that they close. When this throws, the
   * register is as the last slice left it and {@link catchUp} goes on from there.
   */
  async add(entries: readonly CheckedEntry[]): Promise<void> {
    const { slice, onFolded } = this.#parts
    let next = 0
    try {
      while (next < entries.length) {
        let folded = 0
        await slice(() => {
          const before = next
          next = this.#foldSome(entries, next)
          folded = next - before
        })
        if (folded > 0) onFolded(this.size)
        // Others have their turn: requests, and the node's own batches.
        if (next < entries.length) await nextTurn()
      }
      this.#given += entries.length
    } catch (error) {
      this.#batches = this.#newBatches()
      this.#given = this.size
      throw error
    }
  }

  #newBatches(): Batches {
    const { register, copy } = this.#parts
    return new Batches(register.book, () => copy.record.keeper)
  }

  /** Folds batches in one transaction until the time of a slice is over. Returns the next entry to be given. */
  #foldSome(entries: readonly CheckedEntry[], from: number): number {
    const { register, copy } = this.#parts
    const end = performance.now() + sliceMilliseconds
    let next = from
    let size: number | undefined
    try {
      for (let each = entries[next]; each !== undefined; each = entries[next]) {
        next += 1
        const closed = this.#batches.add(each)
        if (closed === undefined) continue
        if (size === undefined) register.begin()
        size = indexOf(closed.leaf.position) + 1
        foldMirrored(closed, register, (prefix) => copy.tree.root(prefix))
        if (performance.now() > end) break
      }
      if (size !== undefined) {
        register.commit({ size, root: toHex(copy.tree.root(size)) })
        this.#size = size
      }
    } catch (error) {
      if (size !== undefined) register.rollback()
      throw error
    }
    return next
  }

  /** Entries of the copy as they were checked when they came in. Why a signature was wrong is looked at again. */
  async #kept(check: EntryCheck, from: number, to: number): Promise<readonly CheckedEntry[]> {
    const { copy, register } = this.#parts
    const { forged, recheckFrom = Number.POSITIVE_INFINITY } = copy.record
    const wrong = new Set(forged)
    const first = register.range.from + from
    return Promise.all(
      check.decode(first, copy.leaves(from, to)).map((each, i): CheckedEntry | Promise<CheckedEntry> => {
        if ('malformed' in each) return each
        if (wrong.has(from + i) || from + i >= recheckFrom) return check.verify(each)
        return { position: each.position, entry: each, signature: 'right' }
      }),
    )
  }
}
