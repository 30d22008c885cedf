import type { PrefixShown, VerifierKey } from '@comity/log'
import { logVerifierKeys } from '../../reading/log-keys.ts'
import { indexOf } from '../../register/position.ts'
import type { Register } from '../../register/register.ts'
import { FederationError } from '../federation-error.ts'
import { evidenceOf, isSigned, requireSigned } from './head-keys.ts'
import { type Head, hasSameRoot, keptHead, withoutCosignatures } from './head.ts'
import { KeeperTrail } from './keeper-trail.ts'
import type { MirrorCopy } from './mirror-copy.ts'
import type { MirrorFold, Slice } from './mirror-fold.ts'

/** Heads seen elsewhere that are kept until their size is reached. */
const seenKept = 8

/**
 * What a head that somebody saw turns out to be: the one that is held, an earlier one, one that the copy has not come to,
 * or one that contradicts what the log signed for this node.
 */
export type Comparison = 'same' | 'earlier' | 'later' | 'contradicts'

export interface HeadComparisonParts {
  readonly copy: MirrorCopy
  readonly register: Register
  readonly fold: MirrorFold
  /** Log keys that were pinned when the peer was added. */
  readonly pinned: () => readonly VerifierKey[]
  readonly slice: Slice
}

/** Holds heads of a log against what is held of it, and quarantines a log that contradicts itself. */
export class HeadComparison {
  readonly #parts: HeadComparisonParts

  constructor(parts: HeadComparisonParts) {
    this.#parts = parts
  }

  get #isQuarantined(): boolean {
    return this.#parts.copy.record.state === 'quarantined'
  }

  /** Size of the largest head that is known, held or not. */
  get newest(): number {
    const { head, record } = this.#parts.copy
    return Math.max(head?.size ?? 0, ...record.seen.map((note) => keptHead(note).size))
  }

  /** Compares any head. Throws FederationError `head-unsigned`, `equivocated`. */
  async compare(head: Head): Promise<Comparison> {
    const { copy } = this.#parts
    const { complete, head: target } = copy
    if (complete !== undefined && head.size <= complete.size) return this.compareHeld(head)
    if (this.#isQuarantined) return 'contradicts'
    this.requireKnown(head)
    if (target !== undefined && head.size === target.size) {
      if (hasSameRoot(head, target.root)) return 'same'
      return this.quarantine(target, head, undefined)
    }
    await this.#keepSeen(head)
    return 'later'
  }

  /** Throws FederationError `head-unsigned` for a head that no key signed which the log has now, as far as is known. */
  requireKnown(head: Head): void {
    const keys = [...this.#trail().keysNow(), ...this.#parts.pinned()]
    requireSigned(head, keys, 'a log key that its keeper is known to have')
  }

  /** Compares a head with what is held of the same size. Throws FederationError `no-log`, `head-unsigned`, `equivocated`. */
  async compareHeld(head: Head): Promise<'same' | 'earlier'> {
    const { copy } = this.#parts
    const { complete, tree, origin } = copy
    if (complete === undefined || head.size === 0)
      throw new FederationError('no-log', `the checkpoint of ${origin} covers no entries yet`)
    if (head.note === complete.note) return 'same'
    requireSigned(head, this.#keysFor(head.size), 'a log key that its keeper had at that size')
    if (!hasSameRoot(head, tree.root(head.size))) {
      const prefix = { root: tree.root(head.size), proof: tree.consistencyProof(head.size, complete.size) }
      await this.quarantine(head, complete, prefix)
    }
    if (head.size < complete.size) return 'earlier'
    if (copy.head === complete) copy.showHead(head)
    return 'same'
  }

  /** Compares heads that were seen elsewhere and whose size has been reached by now. Throws FederationError `equivocated`. */
  async compareSeen(): Promise<void> {
    const { copy } = this.#parts
    const reached = copy.complete?.size ?? 0
    const heads = copy.record.seen.map(keptHead)
    const due = heads.filter(({ size }) => size <= reached)
    if (due.length === 0) return
    for (const head of due) {
      // What was signed with a key that had ended by then says nothing.
      if (isSigned(head, this.#keysFor(head.size))) await this.compareHeld(head)
    }
    await copy.change({ seen: heads.filter(({ size }) => size > reached).map(({ note }) => note) })
  }

  /**
   * Keeps both heads for everybody to check, and takes nothing more from this log. Never returns.
   *
   * Throws FederationError `equivocated`.
   */
  async quarantine(one: Head, other: Head, prefix: PrefixShown | undefined): Promise<never> {
    const { copy, register, pinned, slice } = this.#parts
    if (!this.#isQuarantined) {
      const keys = [...this.#trail().keysEver(), ...pinned()]
      const evidence = evidenceOf([one, other], prefix, { keys, keeper: copy.record.keeper })
      await copy.change({ state: 'quarantined', evidence })
      await slice(() => setFollowed(register, false))
    }
    throw new FederationError(
      'equivocated',
      `${copy.origin} signed two checkpoints that contradict each other, of ${one.size} and ${other.size} entries: it is not followed any more`,
    )
  }

  /** The largest sizes are kept: they say how far the log has come. */
  async #keepSeen(head: Head): Promise<void> {
    const { copy } = this.#parts
    const note = withoutCosignatures(head)
    const known = copy.record.seen.map(keptHead)
    if (known.some((each) => each.size === head.size && hasSameRoot(each, head.root))) return
    const all = [...known, { ...head, note }].toSorted((one, other) => other.size - one.size)
    await copy.change({ seen: all.slice(0, seenKept).map((each) => each.note) })
  }

  #trail(): KeeperTrail {
    const { register, copy, fold } = this.#parts
    return KeeperTrail.of(register, copy.record.keeper).after(fold.open)
  }

  /** Keys that the log had at a size that is held: at some entry of the batch that a head of that size ends with. */
  #keysFor(size: number): readonly VerifierKey[] {
    const { register, copy } = this.#parts
    const { state } = this.#trail()
    if (state === undefined) return []
    const { database, range } = register
    const before = database
      .prepare('SELECT position FROM batch WHERE position >= ? AND position < ? ORDER BY position DESC LIMIT 1')
      .get(range.from, range.from + size - 1)
    const from = before === undefined ? 0 : indexOf(Number(before['position'])) + 1
    return logVerifierKeys(state, copy.origin, from, size)
  }
}

/** Whether a log counts in the cuts of this node, in a transaction of its own. */
export function setFollowed(register: Register, isFollowed: boolean): void {
  register.database.prepare('BEGIN').run()
  try {
    register.setFollowed(isFollowed)
    register.database.prepare('COMMIT').run()
  } catch (error) {
    register.rollback()
    throw error
  }
}
