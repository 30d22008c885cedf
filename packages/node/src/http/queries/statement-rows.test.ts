import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Database } from '../../register/database.ts'
import { schema } from '../../register/schema.ts'
import { newestRowsBut, statementRows, type StatementFilter } from './statement-rows.ts'

const entries = 50_000
const keeper = 'urn:comity:party:00'

/** The kinds of the first entries; all that follow are time leaves. Every fourth of these waits for approvals. */
const first = ['party', 'policy', 'support', 'product'] as const
const others = 100

/** A register whose keeper has written nothing but time leaves for long, and says how each query was run. */
function register(context: TestContext) {
  const database = new DatabaseSync(':memory:')
  context.after(() => database.close())
  database.exec(schema)
  const members: Readonly<Record<string, string | number>> = {
    party: 7,
    urn: keeper,
    type: 'x',
    home: 'x',
    names: '[]',
    founded: 0,
  }
  const columns = database
    .prepare('PRAGMA table_info(party)')
    .all()
    .map((row) => String(row['name']))
    .filter((name) => name in members)
  database
    .prepare(`INSERT INTO party (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(...columns.map((name) => members[name] ?? null))
  const put = database.prepare(
    'INSERT INTO entry (position, id, kind, party, iat, at, signing_key, effective) VALUES (?, ?, ?, 7, 0, 0, 0, ?)',
  )
  const wait = database.prepare('INSERT INTO pending (position, id, threshold, leaf) VALUES (?, ?, 2, ?)')
  database.exec('BEGIN')
  for (let position = 0; position < entries; position++) {
    const kind = position < others ? first[position % first.length] : 'time'
    put.run(position, Buffer.alloc(32, position), kind ?? '', kind === 'product' ? null : position)
    if (kind === 'product') wait.run(position, String(position), Buffer.alloc(1))
  }
  database.exec('COMMIT')
  const plans: string[] = []
  const noted: Database = {
    prepare(sql) {
      for (const row of database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()) plans.push(String(row['detail']))
      return database.prepare(sql)
    },
  }
  return { noted, plans }
}

const positions = (rows: readonly Readonly<Record<string, unknown>>[]) => rows.map((row) => Number(row['position']))

test('no filter walks through what it does not list, nor sorts it', (context) => {
  const { noted, plans } = register(context)
  const stretch = { from: 0, to: entries, limit: 5 }
  const filters: readonly StatementFilter[] = [
    {},
    { kind: 'support' },
    { party: keeper },
    { party: keeper, kind: 'support' },
    { pending: true },
    { party: keeper, pending: true },
    { kind: 'support', pending: false },
    { party: keeper, pending: false },
  ]
  for (const filter of filters) {
    for (const ascending of [true, false]) {
      assert.equal(statementRows(noted, filter, { ...stretch, ascending }).length, 5, JSON.stringify(filter))
    }
  }
  assert.equal(newestRowsBut(noted, 'time', entries, 5).length, 5)
  const slow = plans.filter((plan) => /SCAN entry|SCAN party|TEMP B-TREE/.test(plan))
  assert.deepEqual(slow, [])
  plans.length = 0
  statementRows(noted, { kind: 'support' }, { ...stretch, ascending: false })
  assert.match(String(plans), /USING INDEX entry_kind \(kind=\?/)
})

test('a few statements behind many others are on the first page', (context) => {
  const { noted } = register(context)
  const rows = (filter: StatementFilter, ascending = false) =>
    positions(statementRows(noted, filter, { from: 0, to: entries, ascending, limit: 3 }))
  assert.deepEqual(rows({ kind: 'support' }), [98, 94, 90])
  assert.deepEqual(rows({ kind: 'support' }, true), [2, 6, 10])
  assert.deepEqual(rows({ party: keeper }), [entries - 1, entries - 2, entries - 3])
  assert.deepEqual(rows({ party: keeper }, true), [0, 1, 2])
  assert.deepEqual(rows({ pending: true }), [99, 95, 91])
  assert.deepEqual(rows({ party: keeper, kind: 'product', pending: false }), [])
  assert.deepEqual(rows({ party: 'urn:comity:party:11' }), [])
  assert.deepEqual(positions(newestRowsBut(noted, 'time', entries, 3)), [99, 98, 97])
  assert.deepEqual(positions(newestRowsBut(noted, 'time', 50, 3)), [49, 48, 47])
})
