import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FolderSource, audit } from '@comity/node'
import { type Bench, type Figure, median } from './figure.ts'
import { type BuiltLog, buildLog } from './logs/built-log.ts'
import { type Measured, measure, verifier } from './logs/verification-limit.ts'

/** Ratios are compared within a round, because the machine's speed drifts between rounds. */
const rounds = 3

/** What the command may take in all, in bytes, and how much more for four times the log. */
const memoryLimit = 300e6
const growthLimit = 1.2

const auditFolder = join(dirname(fileURLToPath(import.meta.url)), 'logs', 'audit-folder.ts')

/**
 * Audits a log of `n` statements from its folder, against the rate at which this machine verifies the same signatures
 * on all its cores and does nothing else.
 */
const bench: Bench = {
  name: 'audit',
  parameters: { n: 20_000 },
  async run({ n = 0 }): Promise<readonly Figure[]> {
    const log = await buildLog(Math.max(1, n))
    try {
      const verifyMany = verifier(log)
      const audits: Measured[] = []
      const limits: Measured[] = []
      for (let round = 0; round < rounds; round++) {
        limits.push(await measure(log.size, () => verifyMany(log.size)))
        audits.push(
          await measure(log.size, async () => {
            const report = await audit({ source: FolderSource.open(log.directory) })
            if (report.verdict !== 'equal') throw new Error(`the audit found ${JSON.stringify(report.differences[0])}`)
          }),
        )
      }
      const ratio = median(audits.map(({ perSecond }, i) => perSecond / (limits[i]?.perSecond ?? Number.NaN)))
      const cpuRatio = median(audits.map(({ cpu }, i) => (limits[i]?.cpu ?? Number.NaN) / cpu))
      const cpuOfLimit = median(limits.map(({ cpu }) => cpu))
      return [
        {
          figure: `statements audited, of ${log.size}`,
          value: median(audits.map(({ perSecond }) => perSecond)),
          unit: '/s',
          against: `${Math.round(median(limits.map(({ perSecond }) => perSecond))).toLocaleString('en')}/s Ed25519 verifications on ${availableParallelism()} cores`,
          ratio,
          goal: '≥ 0.6×',
          met: ratio >= 0.6,
        },
        // Of the two, this one says the same on a machine that others use too.
        {
          figure: 'CPU of one statement, audited',
          value: median(audits.map(({ cpu }) => cpu)),
          unit: 'µs',
          against: `${cpuOfLimit.toFixed(0)} µs of one verification`,
          ratio: cpuRatio,
          goal: '',
          met: null,
        },
        await memoryFigure(log),
      ]
    } finally {
      log.remove()
    }
  },
}

export default bench

/** Whether the memory of `comity audit` grows with the log: against a quarter of it, each in a process of its own. */
async function memoryFigure(log: BuiltLog): Promise<Figure> {
  const quarter = await buildLog(Math.max(1, Math.floor(log.size / 4)))
  try {
    const [peak, ofQuarter] = [peakOf(log.directory), peakOf(quarter.directory)]
    const ratio = peak / ofQuarter
    return {
      figure: `most memory of the command that audits ${log.size}`,
      value: peak / 1e6,
      unit: 'MB',
      against: `${Math.round(ofQuarter / 1e6)} MB for ${quarter.size}`,
      ratio,
      goal: `< ${memoryLimit / 1e6} MB, ≤ ${growthLimit}×`,
      met: peak < memoryLimit && ratio <= growthLimit,
    }
  } finally {
    quarter.remove()
  }
}

/** Bytes. */
function peakOf(directory: string): number {
  const args = ['--disable-warning=ExperimentalWarning', auditFolder, directory]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
}
