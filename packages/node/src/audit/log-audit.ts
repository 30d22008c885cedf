import { treeHasher } from '@comity/crypto'
import { Tree } from '@comity/log'
import { calendars } from '@comity/procedures'
import type { PartyState } from '@comity/statement'
import { type CheckedEntry, EntryCheck } from '../reading/check-entries.ts'
import { addLog } from '../register/open-register.ts'
import { Register } from '../register/register.ts'
import { nobodyAsks } from '../register/stale.ts'
import type { Differences } from './difference.ts'
import { type ReadHead, checkHead } from './head-check.ts'
import { type Kept, KeptCheck } from './kept-check.ts'
import { readBundles } from './read-entries.ts'
import { Replay } from './replay.ts'
import type { AuditReport } from './report.ts'
import type { AuditSource } from './source.ts'
import type { Spill } from './spill.ts'
import { TimeCheck } from './time-check.ts'
import { TreeCheck } from './tree-check.ts'

/** Bundles of 256 entries whose signatures are being verified while an earlier one is folded: keeps every core busy. */
const bundlesAhead = 4

/** Tiles that stay expanded of a log that was read, 16 KiB each. */
const tilesKept = 4

export interface LogAuditParts {
  readonly source: AuditSource
  readonly spill: Spill
  /** Its number in the audit's register. */
  readonly log: number
  /** The head to be read up to; undefined where what is served as one is none. */
  readonly head: ReadHead | undefined
  /** The head as it was served. */
  readonly checkpoint: string
  readonly differences: Differences
  /** C2SP tlog-policy text; empty where none was given. */
  readonly trust: string
  /** Hears how many entries are folded. */
  readonly onEntries: (done: number) => void
}

/** What of {@link Kept} belongs to this log, and which other logs are read beside it. */
export interface KeptHere {
  readonly kept: readonly Kept[]
  readonly beside: Pick<ReadonlySet<string>, 'has'>
}

/**
 * One log, read from its first entry to its head into the register of the audit: tiles, signatures, and every entry by
 * the log's own rules at its place. What is wrong with it is in {@link differences}.
 *
 * Keeps little in memory once it is read: roots and proofs come from the disk.
 */
export class LogAudit {
  readonly source: AuditSource
  readonly log: number
  readonly head: ReadHead | undefined
  readonly checkpoint: string
  readonly differences: Differences
  readonly register: Register
  readonly #parts: LogAuditParts
  readonly #check: TreeCheck
  readonly #entries: EntryCheck
  readonly #times: TimeCheck
  readonly #replay: Replay
  #tree: Tree
  #found: { readonly times: AuditReport['times']; readonly kept: KeptCheck | undefined } | undefined

  constructor(parts: LogAuditParts) {
    const { source, spill, log, head, differences, trust } = parts
    const origin = head?.checkpoint.origin ?? ''
    // Of several that serve no head none takes the name of another.
    addLog(spill, log, origin === '' && log > 0 ? ` ${log}` : origin)
    this.#parts = parts
    this.source = source
    this.log = log
    this.head = head
    this.checkpoint = parts.checkpoint
    this.differences = differences
    this.register = new Register(spill, log, origin, nobodyAsks)
    const { book, range } = this.register
    this.#check = new TreeCheck(source, spill.hashesOf(log), differences)
    this.#entries = new EntryCheck(book)
    const { tree } = this.#check
    this.#tree = tree
    this.#times = new TimeCheck({ spill, range, tree, origin, differences, trust })
    this.#replay = new Replay({ origin, register: this.register, tree, times: this.#times, differences })
  }

  get origin(): string {
    return this.register.origin
  }

  /** Entries that were read. */
  get size(): number {
    return this.#tree.size
  }

  /** Entries that the head covers. */
  get headSize(): number {
    return this.head?.checkpoint.size ?? 0
  }

  /** The tree over the entries that were read. */
  get tree(): Tree {
    return this.#tree
  }

  /** Whether the entries are those that the head covers. */
  get isWhole(): boolean {
    if (this.head === undefined || this.size !== this.headSize) return false
    return Buffer.compare(this.#tree.root(), this.head.checkpoint.root) === 0
  }

  /** The party that keeps the log, as its last statement in it left it. */
  get keeper(): PartyState | undefined {
    const { keeper, book } = this.register
    return keeper === undefined ? undefined : book.stateOf(keeper)
  }

  /** Throws AuditError, and whatever `onEntries` throws. */
  async read({ kept, beside }: KeptHere): Promise<void> {
    await this.#readEntries()
    const check = await this.#compareHead({ kept, beside })
    this.#found = { times: this.#times.finish(), kept: check }
    this.register.book.forget()
    const hashes = this.#parts.spill.hashesOf(this.log)
    this.#tree = Tree.open(treeHasher, hashes, this.#tree.size, { cachedTiles: tilesKept })
  }

  async #readEntries(): Promise<void> {
    const size = this.headSize
    const { from } = this.register.range
    const verifying: Promise<readonly CheckedEntry[]>[] = []
    const fold = async (): Promise<void> => {
      this.#replay.add((await verifying.shift()) ?? [])
      this.#entries.folded(from + this.#replay.size)
      this.#parts.onEntries(this.#replay.size)
    }
    for await (const bundle of readBundles(this.source, size)) {
      if ('failed' in bundle) {
        this.differences.add(bundle.failed)
        break
      }
      const checking = this.#entries.check(from + this.#tree.size, bundle.entries)
      checking.catch(() => undefined)
      verifying.push(checking)
      await this.#check.add(bundle.entries)
      if (verifying.length > bundlesAhead) await fold()
      if (this.#replay.isOver) break
    }
    while (verifying.length > 0 && !this.#replay.isOver) await fold()
    if (this.#tree.size === size) this.#replay.finish()
    await this.#check.finish()
  }

  async #compareHead({ kept, beside }: KeptHere): Promise<KeptCheck | undefined> {
    const { head, keeper, differences } = this
    const tree = this.#tree
    if (head === undefined) return undefined
    checkHead(head, { tree, keeper, lastBatch: this.#replay.lastBatch, differences })
    if (keeper === undefined) return undefined
    const check = new KeptCheck({ tree, origin: this.origin, beside, keeper, differences })
    for (const each of kept) check.check(each)
    await check.sample(this.source, this.#parts.spill, this.register.range.from)
    return check
  }

  /** What this log alone shows. */
  report(): Omit<AuditReport, 'verdict' | 'findings' | 'documents' | 'copies' | 'along' | 'bonds' | 'seconds'> {
    const { list, count, unchecked, uncheckedCount } = this.differences
    const { times = { first: 0, last: 0, bounded: 0, claimed: 0, contested: 0 }, kept } = this.#found ?? {}
    return {
      format: 'comity audit 1',
      source: this.source.name,
      origin: this.origin,
      keeper: this.register.keeper ?? '',
      keeperName: this.keeper?.names[0]?.text ?? '',
      size: this.headSize,
      read: this.size,
      root: `sha256:${Buffer.from(this.#tree.root()).toString('hex')}`,
      checkpoint: this.checkpoint,
      kinds: this.#kinds(),
      parties: this.#count('party', 'party'),
      pending: this.#count('pending', 'position'),
      signatures: this.#entries.signatures,
      tiles: this.#check.tiles,
      times,
      witnesses: this.#times.witnesses,
      calendars: { ...calendars() },
      kept: kept?.compared ?? 0,
      receipts: kept?.receipts ?? 0,
      differences: list,
      differenceCount: count,
      unchecked,
      uncheckedCount,
    }
  }

  #kinds(): Record<string, number> {
    const { from, to } = this.register.range
    const rows = this.#parts.spill
      .prepare('SELECT kind, count(*) AS n FROM entry WHERE position >= ? AND position < ? GROUP BY kind ORDER BY kind')
      .all(from, to)
    return Object.fromEntries(rows.map((row) => [String(row['kind']), Number(row['n'])]))
  }

  #count(table: 'party' | 'pending', column: 'party' | 'position'): number {
    const { from, to } = this.register.range
    const row = this.#parts.spill
      .prepare(`SELECT count(*) AS n FROM ${table} WHERE ${column} >= ? AND ${column} < ?`)
      .get(from, to)
    return Number(row?.['n'] ?? 0)
  }
}
