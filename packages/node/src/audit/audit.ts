import { addLog } from '../register/open-register.ts'
import { type CheckedEntry, EntryCheck } from '../reading/check-entries.ts'
import { Register } from '../register/register.ts'
import { nobodyAsks } from '../register/stale.ts'
import { AuditError } from './audit-error.ts'
import { Differences } from './difference.ts'
import { FindingsCheck } from './findings-check.ts'
import { type ReadHead, checkHead, readHead } from './head-check.ts'
import { type Kept, KeptCheck } from './kept-check.ts'
import { readBundles } from './read-entries.ts'
import { Replay } from './replay.ts'
import type { AuditReport } from './report.ts'
import type { AuditSource } from './source.ts'
import { Spill } from './spill.ts'
import { TimeCheck } from './time-check.ts'
import { TreeCheck } from './tree-check.ts'

export interface AuditOptions {
  /** Closed by the audit. */
  readonly source: AuditSource
  /** Witnesses that the relier trusts, and their quorum, as C2SP tlog-policy text. Without it times are the keeper's word. */
  readonly trust?: string
  /** What the relier knows about the log already; anything else is a difference. */
  readonly expect?: { readonly origin?: string; readonly keeper?: string }
  /** Checkpoints, receipts and statements with receipts from earlier days: does the log still say the same? */
  readonly kept?: readonly Kept[]
  readonly onProgress?: (progress: AuditProgress) => void
  /** Where the audit keeps its own register while it runs: about 1 KB an entry. The system's place for temporary files. */
  readonly spillDirectory?: string
  readonly signal?: AbortSignal
}

export interface AuditProgress {
  readonly step: 'entries' | 'findings'
  readonly done: number
  readonly total: number
}

/** Bundles of 256 entries whose signatures are being verified while an earlier one is folded: keeps every core busy. */
const bundlesAhead = 4

/**
 * Audits a log from its first entry to its newest checkpoint: every tile against the signed root, every signature,
 * every entry against the log's own rules at its place, times against trusted cosignatures, and every published finding
 * computed again. Trusts nothing but the arithmetic.
 *
 * Memory does not grow with the log: one batch, a window of bundles, and the rest on disk.
 *
 * Throws AuditError when the log could not be read; what is wrong with it is in the report.
 */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { source } = options
  try {
    const differences = new Differences()
    const bytes = await source.checkpoint()
    const head = readHead(bytes, differences)
    const spill = new Spill(options.spillDirectory)
    try {
      return await new Audit(options, spill, differences, head).run(Buffer.from(bytes).toString())
    } finally {
      spill.close()
    }
  } finally {
    await source.close()
  }
}

class Audit {
  readonly #started = performance.now()
  readonly #options: AuditOptions
  readonly #spill: Spill
  readonly #differences: Differences
  readonly #head: ReadHead | undefined
  readonly #register: Register
  readonly #tree: TreeCheck
  readonly #entries: EntryCheck
  readonly #times: TimeCheck
  readonly #replay: Replay
  readonly #findings: FindingsCheck

  constructor(options: AuditOptions, spill: Spill, differences: Differences, head: ReadHead | undefined) {
    const { source } = options
    const origin = head?.checkpoint.origin ?? ''
    addLog(spill, 0, origin)
    this.#options = options
    this.#spill = spill
    this.#differences = differences
    this.#head = head
    this.#register = new Register(spill, 0, origin, nobodyAsks)
    this.#tree = new TreeCheck(source, spill, differences)
    this.#entries = new EntryCheck(this.#register.book)
    const { tree } = this.#tree
    this.#times = new TimeCheck({ spill, tree, origin, differences, trust: options.trust ?? '' })
    this.#replay = new Replay({ origin, register: this.#register, tree, times: this.#times, differences })
    this.#findings = new FindingsCheck({ spill, source, differences })
  }

  async run(checkpoint: string): Promise<AuditReport> {
    const { expect = {} } = this.#options
    this.#expect('wrong-origin', 'origin', expect.origin, this.#head?.checkpoint.origin)
    await this.#readEntries()
    const keeper = this.#register.keeper
    this.#expect('wrong-keeper', 'keeper', expect.keeper, keeper)
    const kept = await this.#compareHead(keeper)
    const times = this.#times.finish()
    const findings = await this.#findings.run((done, total) => this.#progress('findings', done, total))
    return this.#report({ checkpoint, keeper, kept, times, findings })
  }

  async #readEntries(): Promise<void> {
    const { size } = this.#head?.checkpoint ?? { size: 0 }
    const verifying: Promise<readonly CheckedEntry[]>[] = []
    const fold = async (): Promise<void> => {
      this.#replay.add((await verifying.shift()) ?? [])
      this.#entries.folded(this.#replay.size)
      this.#progress('entries', this.#replay.size, size)
    }
    for await (const bundle of readBundles(this.#options.source, size)) {
      if ('failed' in bundle) {
        this.#differences.add(bundle.failed)
        break
      }
      const checking = this.#entries.check(this.#tree.tree.size, bundle.entries)
      checking.catch(() => undefined)
      verifying.push(checking)
      await this.#tree.add(bundle.entries)
      if (verifying.length > bundlesAhead) await fold()
      if (this.#replay.isOver) break
    }
    while (verifying.length > 0 && !this.#replay.isOver) await fold()
    if (this.#tree.tree.size === size) this.#replay.finish()
    await this.#tree.finish()
  }

  async #compareHead(keeper: string | undefined): Promise<KeptCheck | undefined> {
    const state = keeper === undefined ? undefined : this.#register.book.stateOf(keeper)
    if (this.#head === undefined) return undefined
    const { tree } = this.#tree
    const differences = this.#differences
    checkHead(this.#head, { tree, keeper: state, lastBatch: this.#replay.lastBatch, differences })
    if (state === undefined) return undefined
    const check = new KeptCheck({ tree, origin: this.#head.checkpoint.origin, keeper: state, differences })
    for (const each of this.#options.kept ?? []) check.check(each)
    await check.sample(this.#options.source, this.#spill)
    return check
  }

  #expect(code: 'wrong-origin' | 'wrong-keeper', what: string, expected: string | undefined, found = ''): void {
    if (expected === undefined || expected === found) return
    this.#differences.add({
      code,
      where: 'checkpoint',
      what: `this is the log of another ${what} than was asked for`,
      expected,
      found,
    })
  }

  #progress(step: AuditProgress['step'], done: number, total: number): void {
    if (this.#options.signal?.aborted === true) throw new AuditError('aborted', 'the audit was stopped')
    this.#options.onProgress?.({ step, done, total })
  }

  #report(found: {
    checkpoint: string
    keeper: string | undefined
    kept: KeptCheck | undefined
    times: AuditReport['times']
    findings: AuditReport['findings']
  }): AuditReport {
    const { list, count, unchecked, uncheckedCount } = this.#differences
    const { tree } = this.#tree
    const keeper = found.keeper ?? ''
    return {
      format: 'comity audit 1',
      source: this.#options.source.name,
      verdict: count > 0 ? 'different' : uncheckedCount > 0 ? 'partly' : 'equal',
      origin: this.#head?.checkpoint.origin ?? '',
      keeper,
      keeperName: this.#register.book.stateOf(keeper)?.names[0]?.text ?? '',
      size: this.#head?.checkpoint.size ?? 0,
      read: tree.size,
      root: `sha256:${Buffer.from(tree.root()).toString('hex')}`,
      checkpoint: found.checkpoint,
      kinds: this.#kinds(),
      parties: this.#count('party'),
      pending: this.#count('pending'),
      signatures: this.#entries.signatures,
      tiles: this.#tree.tiles,
      times: found.times,
      witnesses: this.#times.witnesses,
      findings: found.findings,
      documents: this.#findings.documents(),
      kept: found.kept?.compared ?? 0,
      receipts: found.kept?.receipts ?? 0,
      differences: list,
      differenceCount: count,
      unchecked,
      uncheckedCount,
      seconds: Math.round(performance.now() - this.#started) / 1000,
    }
  }

  #kinds(): Record<string, number> {
    const rows = this.#spill.prepare('SELECT kind, count(*) AS n FROM entry GROUP BY kind ORDER BY kind').all()
    return Object.fromEntries(rows.map((row) => [String(row['kind']), Number(row['n'])]))
  }

  #count(table: 'party' | 'pending'): number {
    return Number(this.#spill.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'] ?? 0)
  }
}
