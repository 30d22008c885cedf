/** Sources over HTTP: for the keeper alone, and every answer as the contract has it. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { api } from '@comity/contract'
import { manualClock } from '@comity/testkit'
import { Value } from 'typebox/value'
import { KeyBook } from '../csaf/key-book.ts'
import { ComityNode } from '../node.ts'
import { Sources } from '../sources/sources.ts'
import { home, listening, osv, startAt } from './server.fixture.ts'
import { createClient } from '@comity/contract'

async function world(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'comity-sources-'))
  const clock = manualClock(startAt)
  const now = () => clock.now()
  const founding = { party: home.founding(startAt), policy: home.policy(startAt) }
  const node = await ComityNode.found({ directory, keys: home.keys, now, ...founding })
  const { cells, keyring } = node.truth
  const keys = new KeyBook({ cells, keyring, origin: node.origin, now })
  const sources = await Sources.open({ node, view: join(directory, 'views', 'sources.db'), keys })
  context.after(() => sources.close())
  const { url, vault } = await listening(context, { node, directory, now }, { sources })
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const { secret } = await vault.issueToken({ party: null, admin: true, label: 'admin' })
  const plain = await vault.issueToken({ party: null, admin: false, label: 'plain' })
  const as = (token?: string) => createClient({ baseUrl: url, token })
  return { sources, directory, admin: as(secret), plain: as(plain.secret), anybody: as(), url }
}

test('the keeper follows a folder, sees what is refused in pages, and lets it go', async (context) => {
  const { admin, directory, sources } = await world(context)
  const path = join(directory, 'advisories')
  mkdirSync(path)
  writeFileSync(join(path, 'good.json'), osv)
  for (const name of ['a', 'b', 'c']) writeFileSync(join(path, `${name}.json`), `{"${name}": 1}`)
  const added = await admin.addSource({ address: path, name: 'local', every: 600 })
  assert.ok(Value.Check(api.addSourceResponse, added), JSON.stringify(added))
  assert.deepEqual([added.outcome, added.source.kind, added.source.every], ['added', 'folder', 600])
  const begun = await admin.runSource('local')
  assert.ok(Value.Check(api.sourceSchema, begun), JSON.stringify(begun))
  assert.notEqual(begun.running, undefined)
  await sources.run('local')
  const shown = await admin.source('local')
  assert.ok(Value.Check(api.sourceSchema, shown), JSON.stringify(shown))
  assert.deepEqual([shown.taken, shown.refused, shown.lastRun?.outcome], [1, 3, 'done'])
  const first = await admin.sourceRefusals('local', { limit: 2 })
  assert.ok(Value.Check(api.sourceRefusalsResponse, first), JSON.stringify(first))
  const second = await admin.sourceRefusals('local', { limit: 2, cursor: first.next ?? '' })
  assert.deepEqual(
    [...first.items, ...second.items].map(({ item, faults }) => [item.split('/').at(-1), faults[0]?.test]),
    ['a', 'b', 'c'].map((name) => [`${name}.json`, 'unknown-format']),
  )
  assert.equal(second.next, undefined)
  assert.ok(Value.Check(api.sourcesResponse, await admin.sources()))
  await admin.removeSource('local')
  assert.deepEqual((await admin.sources()).sources, [])
})

test('nobody but the keeper sees or changes sources, and what is asked wrongly is said', async (context) => {
  const { admin, plain, anybody, url } = await world(context)
  for (const call of ['sources', 'source', 'runSource', 'sourceRefusals', 'removeSource'] as const) {
    await assert.rejects(() => anybody[call]('x'), { status: 401 })
    await assert.rejects(() => plain[call]('x'), { status: 403 })
    if (call !== 'sources') await assert.rejects(() => admin[call]('x'), { code: 'unknown-source', status: 404 })
  }
  await assert.rejects(anybody.addSource({ address: '/etc' }), { status: 401 })
  await assert.rejects(admin.addSource({ address: 'http://example.org/a.zip' }), { code: 'bad-source', status: 400 })
  await assert.rejects(admin.addSource({ address: 'example.org', name: '../x' }), { status: 400 })
  await assert.rejects(admin.addSource({ address: 'example.org', every: 1 }), { status: 400 })
  await assert.rejects(admin.sourceRefusals('x', { limit: 1000 }), { status: 400 })
  assert.equal((await fetch(`${url}/api/v1/sources`)).status, 401)
})
