/** What a log's judge decides is decided by that log alone, over random federations with disputes across logs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Database } from './database.ts'
import { played } from './federation.fixture.ts'
import { scenarios } from './scenario.fixture.ts'
import { rangeOf } from './position.ts'
import { ReadingNode } from './reading-node.fixture.ts'
import type { WritingLog } from './writing-log.fixture.ts'

/** Tables that the judge and the reducers of one log write, by their columns that are positions and the others. */
const tables: readonly (readonly [table: string, positions: readonly string[], others: readonly string[]])[] = [
  ['entry', ['position', 'party', 'effective'], ['kind', 'at', 'iat']],
  ['void', ['position'], ['code', 'detail']],
  ['pending', ['position'], ['id', 'threshold']],
  ['case_file', ['case_file', 'opener'], ['urn', 'procedure']],
  ['move', ['effective', 'position', 'party', 'case_file'], ['name', 'payload']],
  ['case_party', ['case_file', 'since'], ['urn', 'role']],
  ['case_now', ['case_file', 'effective'], ['state', 'ended', 'document']],
  ['due_clock', ['case_file'], ['at', 'clock']],
  ['filed_move', ['position', 'effective', 'party'], ['urn', 'seat', 'name', 'at']],
  ['idle_move', ['position', 'effective'], ['urn', 'code', 'detail']],
]

/** The rows of one log, with positions counted from its beginning. */
function rowsOf(database: Database, origin: string): unknown {
  const log = Number(database.prepare('SELECT log FROM log WHERE origin = ?').get(origin)?.['log'])
  const { from, to } = rangeOf(log)
  return tables.map(([table, positions, others]) => {
    const columns = [...positions.map((name) => `${name} - ${from} AS ${name}`), ...others].join()
    const rows = database
      .prepare(`SELECT ${columns} FROM ${table} WHERE ${positions[0]} >= ${from} AND ${positions[0]} < ${to}`)
      .all()
    return [table, rows.map((row) => JSON.stringify(row)).sort()]
  })
}

async function read(logs: readonly WritingLog[], next: () => number): Promise<Database> {
  const node = new ReadingNode(logs)
  const open = logs.map(({ origin }) => origin)
  while (open.length > 0) {
    const at = next() % open.length
    if (!(await node.step(open[at] ?? ''))) open.splice(at, 1)
  }
  return node.database
}

test('the judge reads its own prefix: which other logs a node holds, and how far, changes nothing in one', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ maxLength: 120 }), fc.infiniteStream(fc.nat(1 << 20)), async (scenario, stream) => {
      const logs = played(scenario)
      const all = await read(logs.toReversed(), () => Number(stream.next().value))
      for (const log of logs) {
        const alone = await read([log], () => 0)
        assert.deepEqual(rowsOf(all, log.origin), rowsOf(alone, log.origin))
      }
    }),
    { numRuns: 12, endOnFailure: true },
  )
})
