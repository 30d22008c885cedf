import type { EquivocationProof } from '@comity/log'
import type { Calendars } from '@comity/procedures'
import type { Difference, Unchecked } from './difference.ts'
import type { DocumentsReport, FindingsReport } from './findings-check.ts'
import type { TimeReport } from './time-check.ts'

export type Verdict = 'equal' | 'partly' | 'different'

/** What an audit found of one log. Plain JSON, with the same members in every release of this format. */
export interface AuditReport {
  readonly format: 'comity audit 1'
  /** The address or folder that was read. */
  readonly source: string
  /** `equal`: everything was compared and nothing differs. `partly`: nothing differs, and not all could be compared. */
  readonly verdict: Verdict
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
  /** What the deadlines of cases were counted by in this audit: with other data some may be others. */
  readonly calendars: Calendars
  readonly findings: FindingsReport
  readonly documents: DocumentsReport
  /** Copies of other logs at this log's node that were compared with those logs. */
  readonly copies: readonly CopyReport[]
  /** Logs that were not given, and were read from copies because findings of this log rest on them. */
  readonly along: readonly AlongReport[]
  readonly bonds: BondsReport
  /** Receipts and checkpoints that were compared with the log. */
  readonly kept: number
  readonly receipts: number
  /** The first hundred; `differenceCount` counts all. */
  readonly differences: readonly Difference[]
  readonly differenceCount: number
  readonly unchecked: readonly Unchecked[]
  readonly uncheckedCount: number
  /** How long it took, in seconds; of several logs, all together. */
  readonly seconds: number
}

/** What an audit of several logs found: each by itself, and all of them together. Plain JSON. */
export interface LogsReport {
  readonly format: 'comity audit of several logs 1'
  readonly verdict: Verdict
  /** In the order of their origins, however they were given. */
  readonly logs: readonly AuditReport[]
  /** Logs that signed two checkpoints that contradict each other. */
  readonly forks: readonly Fork[]
  readonly differenceCount: number
  readonly uncheckedCount: number
  readonly seconds: number
}

/** A copy of another log, compared with that log entry by entry. */
export interface CopyReport {
  readonly origin: string
  /** The address or folder of the copy. */
  readonly source: string
  /** Entries that its head covers. */
  readonly size: number
  /** Entries and tiles that were compared. */
  readonly entries: number
  readonly tiles: number
}

/** A log that was read from a copy of it. */
export interface AlongReport {
  readonly origin: string
  readonly keeper: string
  readonly keeperName: string
  /** The copy that was read. */
  readonly source: string
  readonly size: number
  /** `sha256:<hex>` */
  readonly root: string
  /** What in it goes against its own rules, and so has no effect. An audit of that log says what. */
  readonly remarks: number
}

/** Statements in a log that name something in another: continuations, and answers to advisories. */
export interface BondsReport {
  /** Those whose other end was found and is as they say. */
  readonly checked: number
  /** Those whose other end is in no log that was read. */
  readonly open: number
  /** What parties state and the named log does not bear out. It has no effect, and is no fault of the log it stands in. */
  readonly unfounded: readonly { readonly where: string; readonly party: string; readonly what: string }[]
}

/** Two checkpoints of one log that no append-only log has both. */
export interface Fork {
  readonly origin: string
  /** Where each of them was seen: addresses, folders. */
  readonly seen: readonly [string, string]
  /** Self-contained: `comity verify` checks it. */
  readonly proof: EquivocationProof
}

/** Of a log, or of several. */
export function verdictOf(count: { readonly differenceCount: number; readonly uncheckedCount: number }): Verdict {
  return count.differenceCount > 0 ? 'different' : count.uncheckedCount > 0 ? 'partly' : 'equal'
}
