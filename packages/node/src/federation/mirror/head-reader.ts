import type { VerifierKey } from '@comity/log'
import { type CheckedEntry, EntryCheck } from '../../reading/check-entries.ts'
import { indexOf } from '../../register/position.ts'
import type { Register } from '../../register/register.ts'
import { FederationError } from '../federation-error.ts'
import { GrowingRoot } from './growing-root.ts'
import { includesKey, requireSigned, signerOf, unsigned } from './head-keys.ts'
import type { HeadComparison } from './head-comparison.ts'
import { HeadTiles } from './head-tiles.ts'
import { type Head, hasSameRoot } from './head.ts'
import { KeeperTrail } from './keeper-trail.ts'
import { requireBeginning, requireClosing, requirePast } from './log-rules.ts'
import type { MirrorCopy } from './mirror-copy.ts'
import type { MirrorFold } from './mirror-fold.ts'
import { withForged } from './mirror-record.ts'
import type { PeerLog } from './peer-log.ts'
import { type Window, readWindow, windowEnd } from './window.ts'

/** Windows of entries that one call reads: a bounded piece of work. */
const windowsAtOnce = 16

/**
 * Entries that are read twice at the most, to find out whether the keeper's statements among them bring the key that the
 * head is signed with.
 */
const trailEntries = 2 ** 22

export interface HeadReaderParts {
  readonly head: Head
  readonly source: PeerLog
  /** Seconds since the epoch. */
  readonly now: number
  readonly copy: MirrorCopy
  readonly register: Register
  readonly fold: MirrorFold
  /** Log keys that were pinned when the peer was added. */
  readonly pinned: readonly VerifierKey[]
  /** Entries that a window has at the most, a multiple of 256. */
  readonly windowEntries: number
  /** Hears of heads that contradict each other. */
  readonly comparison: Pick<HeadComparison, 'quarantine'>
}

/**
 * Brings a copy to a head. Nothing counts before it is verified:
 *
 * 1. the head is signed with a key that its keeper's statements name, or that was pinned;
 * 2. it continues what is held: by hashing the entries when they are few, else by a consistency proof from its tiles;
 * 3. it is made durable, so that the log's word for the entries is there before they are;
 * 4. each window of entries hashes to the root that the head's tree has at that size, their signatures are verified, and
 *    they are appended;
 * 5. whole batches are judged and folded.
 */
export class HeadReader {
  readonly #parts: HeadReaderParts
  readonly #tiles: HeadTiles
  readonly #check: EntryCheck
  #trail: KeeperTrail
  /** The head continues what is held: that was proven, or is a matter of record. */
  #isConsistent: boolean
  /** A known key that signed the head. */
  #signer: VerifierKey | undefined
  #isStopped = false

  constructor(parts: HeadReaderParts) {
    const { head, copy, register, fold } = parts
    this.#parts = parts
    this.#tiles = new HeadTiles(head)
    this.#trail = KeeperTrail.of(register, copy.record.keeper).after(fold.open)
    this.#check = new EntryCheck(register.book)
    for (const each of fold.open) if (!('malformed' in each)) this.#check.learn(each.entry)
    this.#isConsistent = copy.head === head
  }

  /** Ends after the window under way. */
  stop(): void {
    this.#isStopped = true
  }

  /**
   * Verifies the head's signature. `target` is a head that is kept and whose entries have not all come: this one, which
   * is larger, must continue it.
   *
   * Throws FederationError `head-unsigned`, `wrong-log-key`, `equivocated`, and whatever reading throws.
   */
  async authenticate(target?: Head): Promise<void> {
    const { head, copy, pinned } = this.#parts
    this.#signer = signerOf(head, [...this.#trail.keysNow(), ...pinned]) ?? (await this.#findKey())
    const known = target ?? copy.complete
    const isMore = windowEnd(copy.size, head.size, this.#parts.windowEntries) < head.size
    if (known !== undefined && (target !== undefined || isMore)) await this.#requireContinuing(known)
  }

  /** Reads, verifies, appends and folds. Returns whether all that the head covers is here. */
  async read(): Promise<boolean> {
    const { head, copy, register, fold } = this.#parts
    let reading = this.#window(copy.size)
    for (let count = 1; ; count++) {
      const window = await reading.catch((error: unknown) => this.#explain(error))
      const isLast = window.to >= head.size || count === windowsAtOnce || this.#isStopped
      if (!isLast) reading = this.#window(window.to)
      reading.catch(() => undefined)
      const checked = await this.#admit(window)
      await fold.add(checked)
      this.#check.folded(register.range.from + fold.size)
      if (isLast) return copy.size >= head.size
    }
  }

  #window(from: number, check = this.#check): Promise<Window> {
    const { source, head, copy, register, windowEntries: most } = this.#parts
    const heldBytes = from === copy.size ? copy.bundleBytes : 0
    return readWindow({ source, log: register.log, check, from, size: head.size, most, heldBytes })
  }

  /** Verifies a window and makes it durable. Returns its entries, ready to be folded. */
  async #admit(window: Window): Promise<readonly CheckedEntry[]> {
    const { head, copy, now } = this.#parts
    const { keeper } = copy.record
    await this.#requireRoot(window)
    const checked = await window.checked
    if (window.from === 0) requireBeginning(checked, copy.origin, keeper)
    requirePast(checked, copy.origin, keeper, now)
    const trail = this.#trail.after(checked)
    requireClosing(trail.batchStart, window.to, copy.origin)
    this.#requireKey(trail, window.to)
    const forged = checked.filter(isForged).map(({ position }) => indexOf(position))
    const changes = withForged(copy.record, forged)
    if (copy.head !== head) await copy.setHead(head, changes)
    else if (forged.length > 0) await copy.change(changes)
    await copy.append(window.leaves, window.hashes)
    this.#trail = trail
    this.#isConsistent = true
    return checked
  }

  /** Throws FederationError `entries-differ` where the entries are not those of the head, `equivocated`, `tiles-…`. */
  async #requireRoot(window: Window): Promise<void> {
    const { head, copy, source } = this.#parts
    const grown = GrowingRoot.of(copy.tree)
    grown.add(window.hashes)
    const isEnd = window.to === head.size
    if (!isEnd && !this.#isConsistent && copy.complete !== undefined) await this.#requireContinuing(copy.complete)
    const expected = isEnd ? head.root : (await this.#tiles.prefix(source, window.to)).root
    if (hasSameRoot({ root: expected }, grown.root() ?? new Uint8Array())) return
    const what = `${source.url} serves other entries from ${window.from} to ${window.to - 1} than its checkpoint of size ${head.size} covers`
    await this.#explain(new FederationError('entries-differ', what))
  }

  /**
   * Entries that do not fit may be none of the head's, or the head does not continue what the log signed before: its tiles
   * say which. Never returns.
   */
  async #explain(misfit: unknown): Promise<never> {
    const { complete } = this.#parts.copy
    const isMisfit = misfit instanceof FederationError && misfits.has(misfit.code)
    if (!isMisfit || this.#isConsistent || complete === undefined) throw misfit
    try {
      await this.#requireContinuing(complete)
    } catch (found) {
      if (!(found instanceof FederationError) || found.code === 'equivocated') throw found
    }
    throw misfit
  }

  /** The head must continue a smaller one that the log signed: proven from its tiles. */
  async #requireContinuing(known: Head): Promise<void> {
    const { head, source, comparison } = this.#parts
    const shown = await this.#tiles.prefix(source, known.size)
    if (!hasSameRoot(known, shown.root)) await comparison.quarantine(known, head, shown)
    this.#isConsistent = true
  }

  /**
   * The key that signed the head must not have ended before the last batch that it covers; and at the end the keeper must
   * have named it.
   */
  #requireKey(trail: KeeperTrail, to: number): void {
    const { head } = this.#parts
    if (to === head.size) {
      const keys = trail.keysAt(head.size)
      if (this.#signer === undefined) requireSigned(head, keys, keyThen)
      else if (!includesKey(keys, this.#signer)) throw unsigned(head, `with ${keyThen}`)
    } else if (this.#signer !== undefined && includesKey(trail.keysEver(), this.#signer)) {
      if (!includesKey(trail.keysNow(), this.#signer)) throw unsigned(head, 'with a key that its keeper has not ended')
    }
  }

  /**
   * No known key signed the head: a rotation in flight. Reads all that it covers, keeps nothing of it, and looks whether
   * the keeper's own statements lead to the key.
   */
  async #findKey(): Promise<undefined> {
    const { head, copy, register, pinned } = this.#parts
    const { keeper } = copy.record
    if (head.size - copy.size > trailEntries)
      throw unsigned(head, 'with a known key, and it covers too much to look for a new one: pin the new log key')
    const check = new EntryCheck(register.book)
    const grown = GrowingRoot.of(copy.tree)
    let trail = this.#trail
    for (let from = copy.size; from < head.size && !this.#isStopped; from = grown.size) {
      const window = await this.#window(from, check)
      const checked = await window.checked
      if (from === 0) requireBeginning(checked, copy.origin, keeper)
      trail = trail.after(checked)
      grown.add(window.hashes)
    }
    if (!hasSameRoot(head, grown.root() ?? new Uint8Array()))
      throw unsigned(head, 'with a known key, and the entries that are served are not those it covers')
    requireSigned(head, trail.keysAt(head.size), keyThen)
    const ever = new Set(trail.keysEver().map(({ keyId }) => keyId))
    if (copy.size === 0 && pinned.length > 0 && !pinned.some(({ keyId }) => ever.has(keyId))) {
      throw new FederationError(
        'wrong-log-key',
        `${head.origin} was never signed with the log key that was pinned when the peer was added`,
      )
    }
    return undefined
  }
}

const keyThen = 'a log key that its keeper has at that size'

/** What the entries of another history look like: they are asked for from where one's own end. */
const misfits: ReadonlySet<string> = new Set(['entries-differ', 'entries-malformed'])

function isForged(each: CheckedEntry): boolean {
  return 'entry' in each && each.signature === 'wrong'
}
