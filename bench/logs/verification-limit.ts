/** The rate at which this machine verifies the signatures of a log on all its cores and does nothing else. */
import { type KeyObject, createPublicKey, verify } from 'node:crypto'
import { sha256, sha256Hex, verify as verifyOne } from '@comity/crypto'
import { type Statement, decodeStatement, jwkOf, keyThumbprint, toHex } from '@comity/statement'
import { openReadOnly } from '@comity/store'
import { keyFor } from '@comity/testkit'
import { type BuiltLog, parties } from './built-log.ts'

/** Statements in memory; they are repeated until as many were verified as was asked for. */
const sample = 4096

export interface Measured {
  readonly perSecond: number
  /** Of all threads, user and system, for one statement: microseconds. */
  readonly cpu: number
}

/** Runs `work` over so many statements. */
export async function measure(count: number, work: () => Promise<void>): Promise<Measured> {
  const cpuBefore = process.cpuUsage()
  const before = performance.now()
  await work()
  const seconds = (performance.now() - before) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  return { perSecond: count / seconds, cpu: (user + system) / count }
}

/** Verifies signatures of the log's own statements with the bare function of Node, all cores busy. */
export function verifier({ directory, size }: BuiltLog): (count: number) => Promise<void> {
  const crypto = { sha256, sha256Hex, verify: verifyOne }
  const statements = openReadOnly(directory)
    .stream('public')
    .readRange(0, Math.min(sample, size))
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
