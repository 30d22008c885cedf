import { execFileSync } from 'node:child_process'
import { type KeyObject, createPublicKey, verify } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sha256, sha256Hex, verify as verifyOne } from '@comity/crypto'
import { FolderSource, audit } from '@comity/node'
import { type Statement, decodeStatement, jwkOf, keyThumbprint, toHex } from '@comity/statement'
import { openReadOnly } from '@comity/store'
import { keyFor } from '@comity/testkit'
import { type Bench, type Figure, median } from './figure.ts'
import { type BuiltLog, buildLog, parties } from './logs/built-log.ts'

/** Ratios are compared within a round, because the machine's speed drifts between rounds. */
const rounds = 3

/** Statements in memory for the limit; it repeats them until as many were verified as the audit verified. */
const sample = 4096

/** Heap of the process whose memory is measured, and what it may take in all, in bytes. */
const heapMebibytes = 96
const memoryLimit = 300e6

const auditFolder = join(dirname(fileURLToPath(import.meta.url)), 'logs', 'audit-folder.ts')

/**
 * Audits a log of `n` statements from its folder, against the rate at which this machine verifies the same signatures
 * on all its cores and does nothing else.
 */
const bench: Bench = {
  name: 'audit',
  parameters: { n: 20_000 },
  async run({ n = 0 }): Promise<readonly Figure[]> {
    const log = await buildLog(n)
    try {
      const verifyMany = verifier(log.directory)
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

/**
 * Whether memory grows with the log: against a quarter of it, each audited by a process of its own. Their heaps are
 * bounded, because without a bound the engine leaves garbage lying for longer the more there is of it.
 */
async function memoryFigure(log: BuiltLog): Promise<Figure> {
  const quarter = await buildLog(Math.floor(log.size / 4))
  try {
    const [peak, ofQuarter] = [peakOf(log.directory), peakOf(quarter.directory)]
    return {
      figure: `most memory of a process that audits ${log.size} with a heap of ${heapMebibytes} MiB`,
      value: peak / 1e6,
      unit: 'MB',
      against: `${Math.round(ofQuarter / 1e6)} MB for ${quarter.size}`,
      ratio: peak / ofQuarter,
      goal: `< ${memoryLimit / 1e6} MB`,
      met: peak < memoryLimit,
    }
  } finally {
    quarter.remove()
  }
}

/** Bytes. */
function peakOf(directory: string): number {
  const args = [
    `--max-old-space-size=${heapMebibytes}`,
    '--disable-warning=ExperimentalWarning',
    auditFolder,
    directory,
  ]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
}

interface Measured {
  readonly perSecond: number
  /** Of all threads, user and system, for one statement: microseconds. */
  readonly cpu: number
}

async function measure(count: number, work: () => Promise<void>): Promise<Measured> {
  const cpuBefore = process.cpuUsage()
  const before = performance.now()
  await work()
  const seconds = (performance.now() - before) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  return { perSecond: count / seconds, cpu: (user + system) / count }
}

/** Verifies signatures of the log's own statements with the bare function of Node, all cores busy. */
function verifier(directory: string): (count: number) => Promise<void> {
  const crypto = { sha256, sha256Hex, verify: verifyOne }
  const statements = openReadOnly(directory)
    .stream('public')
    .readRange(0, sample)
    .map((leaf) => decodeStatement(leaf, crypto))
    .filter(({ kind }) => kind === 'product')
  const keys = new Map<string, KeyObject>()
  for (let i = 0; i < parties; i++) {
    const key = { alg: 'EdDSA', bytes: keyFor(`bench ${i}`).publicKey } as const
    keys.set(toHex(keyThumbprint(key, crypto)), createPublicKey({ key: jwkOf(key), format: 'jwk' }))
  }
  const verifyAt = ({ toBeSigned, signature, kidHex }: Statement): Promise<void> =>
    new Promise((resolve, reject) => {
      const key = keys.get(kidHex)
      if (key === undefined) throw new Error('a statement without a key')
      verify(null, toBeSigned, key, signature, (error, isRight) =>
        isRight ? resolve() : reject(error ?? new Error('a signature does not verify')),
      )
    })
  return async (count) => {
    for (let done = 0; done < count; done += statements.length) {
      await Promise.all(statements.slice(0, count - done).map(verifyAt))
    }
  }
}
