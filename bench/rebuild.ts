import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256, sha256Hex, verify } from '@comity/crypto'
import { ComityNode } from '@comity/node'
import { decodeStatement, readPayload } from '@comity/statement'
import { openReadOnly, openView } from '@comity/store'
import { keeper } from '@comity/testkit'
import { type Bench, type Figure, median } from './figure.ts'
import { buildLog } from './logs/built-log.ts'

/** Ratios are compared within a round, because the machine's speed drifts between rounds. */
const rounds = 5

/** Entries in a transaction of the bare loop; a rebuild uses about as many. */
const chunk = 2048

/**
 * Rebuilds the register of `n` statements as a node does at its start when `public.db` is gone: decode, schema, judge,
 * reduce, findings; no signatures. Held against a loop that decodes the same entries and inserts one row for each.
 */
const bench: Bench = {
  name: 'rebuild',
  parameters: { n: 20_000 },
  async run({ n = 0 }): Promise<readonly Figure[]> {
    const log = await buildLog(n)
    try {
      const rebuilds: number[] = []
      const bares: number[] = []
      for (let round = 0; round < rounds; round++) {
        bares.push((log.size / bareLoop(log.directory, log.size)) * 1000)
        rebuilds.push((log.size / (await rebuild(log.directory))) * 1000)
      }
      const ratio = median(rebuilds.map((rate, i) => rate / (bares[i] ?? Number.NaN)))
      const against = `${Math.round(median(bares)).toLocaleString('en')}/s decoded and inserted, one row each`
      return [
        {
          figure: `statements rebuilt, of ${log.size}`,
          value: median(rebuilds),
          unit: '/s',
          against,
          ratio,
          goal: '≥ 0.5×',
          met: ratio >= 0.5,
        },
      ]
    } finally {
      log.remove()
    }
  },
}

export default bench

/** Milliseconds from a folder without views to a node that can serve. */
async function rebuild(directory: string): Promise<number> {
  rmSync(join(directory, 'views'), { recursive: true, force: true })
  const before = performance.now()
  const node = await ComityNode.open({ directory, keys: keeper('bench').keys })
  const after = performance.now()
  await node.close()
  return after - before
}

const rows = `CREATE TABLE entry (position INTEGER PRIMARY KEY, id BLOB NOT NULL, kind TEXT NOT NULL, iss TEXT NOT NULL,
  sub TEXT NOT NULL, iat INTEGER NOT NULL, payload TEXT NOT NULL);
CREATE INDEX entry_id ON entry (id);`

/** Milliseconds. */
function bareLoop(directory: string, size: number): number {
  const scratch = mkdtempSync(join(tmpdir(), 'comity-bare-'))
  const crypto = { sha256, sha256Hex, verify }
  const text = new TextDecoder()
  const before = performance.now()
  const stream = openReadOnly(directory).stream('public')
  const view = openView(join(scratch, 'bare.db'), {
    schema: rows,
    meta: { origin: 'bench', schema: '1', ruleset: '1' },
  })
  try {
    const insert = view.prepare(
      'INSERT INTO entry (position, id, kind, iss, sub, iat, payload) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    for (let from = 0; from < size; from += chunk) {
      const leaves = stream.readRange(from, Math.min(from + chunk, size))
      view.transaction(() => {
        for (const [i, leaf] of leaves.entries()) {
          const statement = decodeStatement(leaf, crypto)
          readPayload(statement)
          const { id, kind, iss, sub, iat, payload } = statement
          insert.run(from + i, Buffer.from(id, 'hex'), kind, iss, sub, iat, text.decode(payload))
        }
      })
    }
    return performance.now() - before
  } finally {
    stream.close()
    view.close()
    rmSync(scratch, { recursive: true, force: true })
  }
}
