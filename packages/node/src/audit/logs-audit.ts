import type { FindingsPayload } from '@comity/statement'
import { AuditError } from './audit-error.ts'
import { BondCheck } from './bond-check.ts'
import type { ReadLog } from './checked-findings.ts'
import { CopyCheck } from './copy-check.ts'
import type { DifferenceCode } from './difference.ts'
import { FindingsCheck } from './findings-check.ts'
import { type Copy, type GivenLog, copiesAt, longestCopy, openGiven } from './given-logs.ts'
import type { Kept } from './kept-check.ts'
import { LogAudit } from './log-audit.ts'
import type { AlongReport, AuditReport, CopyReport, Fork } from './report.ts'
import { checkEvidence, compareSeenHead } from './seen-heads.ts'
import type { AuditSource } from './source.ts'
import type { Spill } from './spill.ts'

/** What an audit may be given beside its sources. */
interface CommonOptions {
  /** Witnesses that the relier trusts, and their quorum, as C2SP tlog-policy text. Without it times are the keeper's word. */
  readonly trust?: string
  /** What the relier knows about each log already: it has to be one of these. */
  readonly expect?: { readonly origin?: string | readonly string[]; readonly keeper?: string | readonly string[] }
  /** Checkpoints, receipts and statements with receipts from earlier days: do the logs still say the same? */
  readonly kept?: readonly Kept[]
  readonly onProgress?: (progress: AuditProgress) => void
  /** Where the audit keeps its own register while it runs: about 1 KB an entry. The system's place for temporary files. */
  readonly spillDirectory?: string
  readonly signal?: AbortSignal
}

export interface AuditOptions extends CommonOptions {
  /** Closed by the audit. */
  readonly source: AuditSource
}

export interface LogsAuditOptions extends CommonOptions {
  /** One or more, closed by the audit. */
  readonly sources: readonly AuditSource[]
}

export interface AuditProgress {
  /** `copies`: copies of the logs at each other's nodes are compared. */
  readonly step: 'entries' | 'copies' | 'findings'
  readonly done: number
  readonly total: number
}

/** What concerns a copy and not the log it is of: that the copy does not hold what its head covers. */
const faultsOfCopies: ReadonlySet<DifferenceCode> = new Set([
  'checkpoint-malformed',
  'checkpoint-unsigned',
  'entries-missing',
  'entries-malformed',
  'tile-missing',
  'tile-differs',
  'root-differs',
])

/** Reads several logs into one register and checks each by itself and against the others. */
export class LogsAudit {
  readonly #options: LogsAuditOptions
  readonly #spill: Spill
  readonly #logs = new Map<string, ReadLog>()
  readonly #given: ReadLog[] = []
  readonly #bySource = new Map<AuditSource, LogAudit>()
  readonly #forks: Fork[] = []
  /** By the number of the log at whose node they are. */
  readonly #copyReports = new Map<number, CopyReport[]>()
  readonly #toClose: AuditSource[]

  constructor(options: LogsAuditOptions, spill: Spill) {
    this.#options = options
    this.#spill = spill
    this.#toClose = [...options.sources]
  }

  async close(): Promise<void> {
    await Promise.all(this.#toClose.map((each) => each.close()))
  }

  async run(): Promise<{ reports: readonly Omit<AuditReport, 'verdict' | 'seconds'>[]; forks: readonly Fork[] }> {
    const { sources } = this.#options
    const { logs, copies } = await openGiven(sources)
    this.#toClose.push(...copies.map(({ mirrored }) => mirrored.source))
    await this.#readGiven(logs)
    const { read, others } = await this.#readAlong()
    await this.#compareHeads(logs, [...copies, ...read, ...others])
    await this.#compareCopies([...copies, ...others])
    const bonds = new BondCheck({ spill: this.#spill, logs: this.#logs, forks: this.#forks })
    const findings = new FindingsCheck({ spill: this.#spill, logs: this.#logs, sources })
    const total = this.#given.reduce((sum, log) => sum + findings.count(log), 0)
    let done = 0
    const reports = []
    for (const log of this.#given) {
      const ofBonds = await bonds.run(log)
      const ofFindings = await findings.run(log, () => this.#progress('findings', ++done, total))
      reports.push({ log, findings: ofFindings, bonds: ofBonds })
    }
    return {
      reports: reports.map(({ log, ...found }) => ({
        ...log.audit.report(),
        ...found,
        documents: findings.documents(log),
        copies: this.#copyReports.get(log.audit.log) ?? [],
        along: this.#alongOf(log),
      })),
      forks: this.#forks,
    }
  }

  async #readGiven(given: readonly GivenLog[]): Promise<void> {
    const { expect = {}, kept = [] } = this.#options
    const total = given.reduce((sum, { head }) => sum + (head?.checkpoint.size ?? 0), 0)
    const origins = new Set(given.map(({ head }) => head?.checkpoint.origin ?? ''))
    for (const [i, each] of given.entries()) {
      const before = this.#given.reduce((sum, { audit }) => sum + audit.size, 0)
      const log = this.#open(each, { isAlong: false, onEntries: (n) => this.#progress('entries', before + n, total) })
      this.#expect(log.audit, 'wrong-origin', 'origin', expect.origin, each.head?.checkpoint.origin)
      // What was kept of a log that is not among them is said once.
      await log.audit.read({ kept, beside: i === 0 ? origins : { has: () => true } })
      this.#expect(log.audit, 'wrong-keeper', 'keeper', expect.keeper, log.audit.register.keeper)
      this.#given.push(log)
      for (const source of each.sources) this.#bySource.set(source, log.audit)
    }
  }

  /**
   * Reads the logs that cuts name and that were not given, where a node that was given keeps a copy. Returns the copies
   * that it read, and the others.
   */
  async #readAlong(): Promise<{ readonly read: readonly Copy[]; readonly others: readonly Copy[] }> {
    const missing = this.#cutOrigins().filter((origin) => !this.#logs.has(origin))
    if (missing.length === 0) return { read: [], others: [] }
    const copies = await copiesAt(this.#options.sources, (origin) => missing.includes(origin))
    this.#toClose.push(...copies.map(({ mirrored }) => mirrored.source))
    const along = missing.flatMap((origin) => longestCopy(copies.filter((each) => each.origin === origin)) ?? [])
    const total = along.reduce((sum, { head }) => sum + (head?.checkpoint.size ?? 0), 0)
    let before = 0
    for (const each of along) {
      const log = this.#open(each, { isAlong: true, onEntries: (n) => this.#progress('entries', before + n, total) })
      await log.audit.read({ kept: [], beside: { has: () => true } })
      before += log.audit.size
      const node = copies.find(({ mirrored }) => mirrored.source === each.source)
      const blamed = node && this.#bySource.get(node.beside)
      for (const difference of log.audit.differences.list) {
        if (!faultsOfCopies.has(difference.code)) continue
        const where = `${difference.where} at ${each.source.name}`
        blamed?.differences.add({ ...difference, code: 'copy-differs', where, reason: difference.code })
      }
    }
    const isRead = ({ mirrored }: Copy): boolean => along.some(({ source }) => source === mirrored.source)
    return { read: copies.filter(isRead), others: copies.filter((copy) => !isRead(copy)) }
  }

  #open(given: GivenLog, { isAlong, onEntries }: { isAlong: boolean; onEntries: (done: number) => void }): ReadLog {
    const { source, head, note, differences, sizeAtFirst } = given
    const checkpoint = Buffer.from(note).toString()
    const { trust = '' } = this.#options
    const parts = { source, spill: this.#spill, log: this.#logs.size, head, checkpoint, differences, trust, onEntries }
    const log: ReadLog = { audit: new LogAudit(parts), isAlong, sizeAtFirst }
    this.#logs.set(head === undefined ? ` ${this.#logs.size}` : log.audit.origin, log)
    return log
  }

  /** Origins that the cuts of findings name, in an order of their own. */
  #cutOrigins(): readonly string[] {
    const origins = new Set<string>()
    for (const row of this.#spill.prepare('SELECT payload FROM published_findings').iterate()) {
      const { cut }: FindingsPayload = JSON.parse(String(row['payload']))
      for (const { origin } of cut) origins.add(origin)
    }
    return [...origins].toSorted()
  }

  async #compareHeads(given: readonly GivenLog[], copies: readonly Copy[]): Promise<void> {
    for (const [i, { seen }] of given.entries()) {
      const log = this.#given[i]?.audit
      for (const head of log === undefined ? [] : seen) {
        const wrong = log && (await compareSeenHead(log, head, this.#forks))
        if (wrong !== undefined) log?.differences.add(wrong)
      }
    }
    for (const { origin, beside, mirrored, note } of copies) {
      const log = this.#logs.get(origin)?.audit
      if (log === undefined) continue
      const wrong = await compareSeenHead(log, { note, source: mirrored.source }, this.#forks)
      const evidence = mirrored.isQuarantined ? await mirrored.evidence() : undefined
      const unproven = evidence && checkEvidence(log, evidence, mirrored.source.name, this.#forks)
      for (const each of [wrong, unproven]) if (each !== undefined) this.#bySource.get(beside)?.differences.add(each)
    }
  }

  async #compareCopies(copies: readonly Copy[]): Promise<void> {
    const pairs = copies.flatMap((copy) => {
      const log = this.#logs.get(copy.origin)?.audit
      const node = this.#bySource.get(copy.beside)
      return log === undefined || node === undefined || node === log || copy.size === 0 ? [] : [{ copy, log, node }]
    })
    const total = pairs.reduce((sum, { log }) => sum + log.size, 0)
    let before = 0
    for (const { copy, log, node } of pairs) {
      const { source } = copy.mirrored
      if (log.isWhole) {
        const { tree, origin } = log
        const check = new CopyCheck({ tree, origin, differences: node.differences })
        const size = Math.min(log.size, copy.size)
        const report = await check.compare(source, size, (done) => this.#progress('copies', before + done, total))
        this.#copyReports.set(node.log, [...(this.#copyReports.get(node.log) ?? []), report])
      } else {
        const what = `${log.source.name} shows other entries than its own head covers: there is nothing to compare this copy with`
        node.differences.leave({ code: 'copy-not-compared', where: source.name, what })
      }
      before += log.size
    }
  }

  #alongOf(log: ReadLog): readonly AlongReport[] {
    const origins = new Set<string>()
    const { from, to } = log.audit.register.range
    const rows = this.#spill
      .prepare('SELECT payload FROM published_findings WHERE effective >= ? AND effective < ?')
      .iterate(from, to)
    for (const row of rows) {
      const { cut }: FindingsPayload = JSON.parse(String(row['payload']))
      for (const { origin } of cut) if (this.#logs.get(origin)?.isAlong === true) origins.add(origin)
    }
    return [...origins].toSorted().flatMap((origin) => {
      const along = this.#logs.get(origin)?.audit
      if (along === undefined) return []
      const { keeper, keeperName, source, size, root } = along.report()
      return [{ origin, keeper, keeperName, source, size, root, remarks: along.differences.count }]
    })
  }

  #expect(
    log: LogAudit,
    code: 'wrong-origin' | 'wrong-keeper',
    what: string,
    expected: string | readonly string[] | undefined,
    found = '',
  ): void {
    const all = typeof expected === 'string' ? [expected] : (expected ?? [])
    if (all.length === 0 || all.includes(found)) return
    log.differences.add({
      code,
      where: 'checkpoint',
      what: `this is the log of another ${what} than was asked for`,
      expected: all.join(' or '),
      found,
    })
  }

  #progress(step: AuditProgress['step'], done: number, total: number): void {
    if (this.#options.signal?.aborted === true) throw new AuditError('aborted', 'the audit was stopped')
    this.#options.onProgress?.({ step, done, total })
  }
}
