import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { sha256 } from '@comity/crypto'
import {
  type CorePayloads,
  advisoryUrn,
  decodeStatement,
  documentUrn,
  productUrn,
  readPayload,
  releaseUrn,
} from '@comity/statement'
import { actor } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { NodeError } from '../node-error.ts'
import type { Database } from '../register/database.ts'
import { Register } from '../register/register.ts'
import { schema } from '../register/schema.ts'
import { kindRules } from './kind-rules.ts'

const start = 1_795_219_200
const date = '2026-11-20T12:00:00Z'
const origin = 'log.example.invalid'
const digest = `sha256:${'ab'.repeat(32)}`
const documents = [{ digest, size: 1, type: 'text/plain' }]
const provider = actor('provider', origin)
const product = productUrn(provider.urn, 'gateway')
const sub = advisoryUrn(provider.urn, 'A')
const advisory: CorePayloads['advisory'] = {
  id: 'A',
  products: [product],
  title: 'A fault',
  published: date,
  modified: date,
  document: digest,
  documents,
}

/** How SQLite runs each query that the rule of a kind asks about this statement. */
function plansOf(bytes: Uint8Array): readonly string[] {
  const database = new DatabaseSync(':memory:')
  database.exec(schema)
  const asked: string[] = []
  const noted: Database = {
    prepare(sql) {
      asked.push(sql)
      return database.prepare(sql)
    },
  }
  const statement = decodeStatement(bytes, crypto)
  const entry = { position: 9, at: start, statement, payload: readPayload(statement) }
  const bench = { origin, size: 9, root: () => sha256(new Uint8Array()) }
  const register = new Register(noted, 0, origin)
  asked.length = 0
  try {
    kindRules[statement.kind]?.(entry, register, bench)
  } catch (error) {
    assert.ok(error instanceof NodeError)
  }
  return asked.map((sql) => {
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()
    return rows.map((row) => String(row['detail'])).join('\n')
  })
}

test('what a statement builds on is looked up by its name, however much its party has on record', () => {
  const release = { version: '1.0', released: date, sbom: digest, documents }
  const acknowledged = { advisory: 'cd'.repeat(32), state: 'affected' } as const
  const lookups = [
    [
      provider.sign('release', releaseUrn(product, '1.0'), release, start),
      /^SEARCH kind_row USING INDEX product_thing \(thing=\? AND effective/,
    ],
    [
      provider.sign('advisory', sub, advisory, start),
      /^SEARCH kind_row USING INDEX product_thing \(thing=\? AND effective/,
    ],
    [
      provider.sign('acknowledgement', sub, acknowledged, start),
      /^SEARCH entry USING COVERING INDEX entry_id \(id=\? AND rowid>\? AND rowid<\?\)/,
    ],
    [
      provider.sign('withholding', documentUrn('ab'.repeat(32)), { ground: 'court-order' }, start),
      /^SEARCH document USING PRIMARY KEY \(digest=\? AND position/,
    ],
  ] as const
  for (const [statement, lookup] of lookups) {
    const plans = plansOf(statement)
    assert.ok(
      plans.some((plan) => lookup.test(plan)),
      plans.join('\n'),
    )
    for (const plan of plans) assert.doesNotMatch(plan, /SCAN|TEMP B-TREE/)
  }
})
