import type { Difference, Unchecked } from './difference.ts'
import type { DocumentsReport, FindingsReport } from './findings-check.ts'
import type { TimeReport } from './time-check.ts'

/** What an audit found. Plain JSON, with the same members in every release of this format. */
export interface AuditReport {
  readonly format: 'comity audit 1'
  /** The address or folder that was read. */
  readonly source: string
  /** `equal`: everything was compared and nothing differs. `partly`: nothing differs, and not all could be compared. */
  readonly verdict: 'equal' | 'partly' | 'different'
  readonly origin: string
  /** URN of the party that keeps the log; empty where the log does not say. */
  readonly keeper: string
  readonly keeperName: string
  /** Entries that the checkpoint covers, and those of them that were read. */
  readonly size: number
  readonly read: number
  /** `sha256:<hex>` of the tree over the entries read. */
  readonly root: string
  /** The checkpoint that was audited: worth keeping, to compare it with the next one. */
  readonly checkpoint: string
  /** Entries by kind; foreign statements under `hash-envelope`. */
  readonly kinds: Readonly<Record<string, number>>
  readonly parties: number
  /** Statements that wait for further signatures of their party. */
  readonly pending: number
  readonly signatures: number
  /** Hash tiles compared; 0 for a backup, which has none. */
  readonly tiles: number
  readonly times: TimeReport
  /** Witnesses of the given trust policy, by name; none where none was given. */
  readonly witnesses: readonly string[]
  readonly findings: FindingsReport
  readonly documents: DocumentsReport
  /** Receipts and checkpoints that were compared with the log. */
  readonly kept: number
  readonly receipts: number
  /** The first hundred; `differenceCount` counts all. */
  readonly differences: readonly Difference[]
  readonly differenceCount: number
  readonly unchecked: readonly Unchecked[]
  readonly uncheckedCount: number
  /** How long it took, in seconds. */
  readonly seconds: number
}
