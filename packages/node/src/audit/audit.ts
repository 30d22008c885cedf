import { AuditError } from './audit-error.ts'
import { type AuditOptions, type AuditProgress, LogsAudit, type LogsAuditOptions } from './logs-audit.ts'
import { type AuditReport, type LogsReport, verdictOf } from './report.ts'
import { Spill } from './spill.ts'

export type { AuditOptions, AuditProgress, LogsAuditOptions }

/**
 * Audits a log from its first entry to its newest checkpoint: every tile against the signed root, every signature,
 * every entry against the log's own rules at its place, times against trusted cosignatures, and every published finding
 * computed again. Trusts nothing but the arithmetic. Findings that rest on other logs are computed again from the copies
 * of those that the node keeps, where it keeps them.
 *
 * Memory does not grow with the log: one batch, a window of bundles, and the rest on disk.
 *
 * Throws AuditError when the log could not be read; what is wrong with it is in the report.
 */
export async function audit({ source, ...options }: AuditOptions): Promise<AuditReport> {
  const { logs } = await auditLogs({ ...options, sources: [source] })
  const [report] = logs
  if (report === undefined) throw new AuditError('no-log', `${source.name} shows no log`)
  return report
}

/**
 * Audits several logs, each as {@link audit} does, and together: into one register, as a node reduces its own log and
 * those it mirrors. So findings over several logs are computed again over exactly the cut they name; what one log says
 * of another is compared with it; and what each node keeps of the others' logs is compared with those.
 *
 * What comes out does not depend on the order in which the sources are given. Memory does not grow with their number or
 * size, but for a fixed part each.
 */
export async function auditLogs(options: LogsAuditOptions): Promise<LogsReport> {
  const started = performance.now()
  const spill = new Spill(options.spillDirectory)
  const logs = new LogsAudit(options, spill)
  try {
    const { reports, forks } = await logs.run()
    const seconds = Math.round(performance.now() - started) / 1000
    const sum = (key: 'differenceCount' | 'uncheckedCount'): number =>
      reports.reduce((all, report) => all + report[key], 0)
    const counts = { differenceCount: sum('differenceCount'), uncheckedCount: sum('uncheckedCount') }
    return {
      format: 'comity audit of several logs 1',
      verdict: verdictOf(counts),
      logs: reports.map((report) => ({ ...report, verdict: verdictOf(report), seconds })),
      forks,
      ...counts,
      seconds,
    }
  } finally {
    await logs.close()
    spill.close()
  }
}
