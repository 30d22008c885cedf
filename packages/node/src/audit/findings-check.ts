import type { FindingsPayload } from '@comity/statement'
import { CheckedFindings, type ReadLog } from './checked-findings.ts'
import type { AuditSource } from './source.ts'
import type { Spill } from './spill.ts'

export interface FindingsReport {
  /** Findings statements in the log. */
  readonly published: number
  /** Those that were computed again. */
  readonly recomputed: number
  /** Those published while the audit ran, over more entries of other logs than it had read by then; absent for none. */
  readonly later?: number
}

export interface DocumentsReport {
  /** Documents that findings rest on and whose bytes were read and compared with their digest. */
  readonly checked: number
  readonly missing: number
  readonly withheld: number
}

/**
 * Computes every published finding again, on its own cut, time, ruleset and trust policy, and compares the digest. The
 * documents they rest on are read and hashed: from the log that published, else from another that was given.
 */
export class FindingsCheck {
  readonly #spill: Spill
  readonly #logs: ReadonlyMap<string, ReadLog>
  readonly #sources: readonly AuditSource[]

  /** `logs` by origin. */
  constructor(parts: { spill: Spill; logs: ReadonlyMap<string, ReadLog>; sources: readonly AuditSource[] }) {
    this.#spill = parts.spill
    this.#logs = parts.logs
    this.#sources = parts.sources
  }

  /** How many findings statements a log holds. */
  count({ audit: { register } }: ReadLog): number {
    const { from, to } = register.range
    const counted = 'SELECT count(*) AS n FROM published_findings WHERE effective >= ? AND effective < ?'
    return Number(this.#spill.prepare(counted).get(from, to)?.['n'] ?? 0)
  }

  async run(log: ReadLog, onDone: () => void): Promise<FindingsReport> {
    const { from, to } = log.audit.register.range
    const next = this.#spill.prepare(
      'SELECT position, effective, payload FROM published_findings WHERE effective > ? AND effective < ? ORDER BY effective LIMIT 1',
    )
    const outcomes = { recomputed: 0, later: 0, not: 0 }
    for (let row = next.get(from - 1, to); row !== undefined; row = next.get(Number(row['effective']), to)) {
      const payload: FindingsPayload = JSON.parse(String(row['payload']))
      outcomes[await new CheckedFindings(this.#spill, this.#logs, this.#sourcesFor(log), log).check(row, payload)] += 1
      onDone()
    }
    const { recomputed, later } = outcomes
    return { published: this.count(log), recomputed, ...(later === 0 ? {} : { later }) }
  }

  /** Documents that were asked for first by the findings of this log. */
  documents({ audit: { log } }: ReadLog): DocumentsReport {
    const count = (condition: string) =>
      Number(
        this.#spill.prepare(`SELECT count(*) AS n FROM asked_document WHERE log = ? AND ${condition}`).get(log)?.[
          'n'
        ] ?? 0,
      )
    return {
      checked: count("state = 'present'"),
      missing: count("state IN ('absent', 'differs')"),
      withheld: count("state = 'withheld'"),
    }
  }

  #sourcesFor({ audit: { source } }: ReadLog): readonly AuditSource[] {
    return [source, ...this.#sources.filter((each) => each !== source)]
  }
}
