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
import type { WritableDatabase } from '../register/database.ts'
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

/** How SQLite runs the last query that the rule of a kind asks before it refuses this statement. */
function planOf(bytes: Uint8Array): string {
  const database = new DatabaseSync(':memory:')
  database.exec(schema)
  let last = ''
  const noted: WritableDatabase = {
    prepare(sql) {
      last = sql
      return database.prepare(sql)
    },
    setProgress() {},
  }
  const statement = decodeStatement(bytes, crypto)
  const entry = { position: 9, at: start, statement, payload: readPayload(statement) }
  const bench = { origin, size: 9, root: () => sha256(new Uint8Array()) }
  assert.throws(() => kindRules[statement.kind]?.(entry, new Register(noted), bench), NodeError)
  return database
    .prepare(`EXPLAIN QUERY PLAN ${last}`)
    .all()
    .map((row) => String(row['detail']))
    .join('\n')
}

test('what a statement builds on is looked up by its name, however much its party has on record', () => {
  const release = { version: '1.0', released: date, sbom: digest, documents }
  const plans = [
    planOf(provider.sign('release', releaseUrn(product, '1.0'), release, start)),
    planOf(provider.sign('advisory', sub, advisory, start)),
    planOf(provider.sign('acknowledgement', sub, { advisory: 'cd'.repeat(32), state: 'affected' }, start)),
    planOf(provider.sign('withholding', documentUrn('ab'.repeat(32)), { ground: 'court-order' }, start)),
  ]
  const [ofRelease = '', ofAdvisory = '', ofAcknowledgement = '', ofWithholding = ''] = plans
  for (const plan of [ofRelease, ofAdvisory]) assert.match(plan, /^SEARCH product USING INDEX product_sub \(sub=\?\)/)
  assert.match(
    ofAcknowledgement,
    /^SEARCH entry USING INDEX entry_id \(id=\?\)\nSEARCH advisory USING INTEGER PRIMARY KEY/,
  )
  assert.match(ofWithholding, /^SEARCH document USING PRIMARY KEY \(digest=\?\)/)
  for (const plan of plans) assert.doesNotMatch(plan, /SCAN|TEMP B-TREE/)
})
