/** Mirrors in a node that has a log of its own. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { dropView } from '@comity/store'
import { actor, keeper } from '@comity/testkit'
import { FolderSource } from '../../audit/folder-source.ts'
import { audit } from '../../audit/audit.ts'
import { ComityNode } from '../../node.ts'
import type { Fetch } from '../peers/peer.ts'
import { WrittenLog, product, simulatedNetwork, start } from './peer.fixture.ts'

const home = keeper('node that mirrors')
const author = actor('author at home', home.origin)

function rowsOf(path: string): Record<string, string[]> {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all()
    return Object.fromEntries(
      tables
        .filter(({ name }) => !['finding', 'stale'].includes(String(name)))
        .map(({ name }) => {
          const rows = database.prepare(`SELECT * FROM "${String(name)}"`).all()
          const texts = rows.map((row) =>
            JSON.stringify(row, (_, value) =>
              value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
            ),
          )
          return [String(name), texts.sort()]
        }),
    )
  } finally {
    database.close()
  }
}

test('a node registers its own statements while it follows others, and a rebuild comes to the same rows offline', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'comity-mirroring-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const logs = ['north', 'south', 'east'].map((label) => {
    const { log, author: writer } = WrittenLog.founded(label)
    return { log: log.grow(writer, 500), writer, url: `http://${label}.invalid` }
  })
  const fetch = simulatedNetwork(new Map(logs.map(({ url, log }) => [url, { log }])))
  const options = { directory, keys: home.keys, now: () => start + 1000, mirrors: { windowEntries: 256 } }
  const node = await ComityNode.found({
    ...options,
    fetch,
    party: home.founding(start),
    policy: home.policy(start),
  })
  await node.submit(author.founding(start))
  for (const { url } of logs) await node.peers.add({ url })
  await node.mirrors.follow(node.peers.list())
  const following = (async () => {
    for (let i = 0; i < 20; i++) if ((await node.mirrors.step(start + 1000)) > start + 1000) return
  })()
  const submitted = await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      await new Promise((resolve) => setTimeout(resolve, i * 5))
      return node.submit(product(author, `At home ${i}`, start))
    }),
  )
  await following
  assert.deepEqual(
    node.peers.states().map(({ origin, state, size }) => [origin, state, size]),
    logs.map(({ log }) => [log.origin, 'following', log.size]),
  )
  for (const { id, index } of submitted) assert.equal(node.find(id)?.index, index)
  await node.close()
  const path = join(directory, 'views', 'public.db')
  const live = rowsOf(path)
  assert.equal(live['entry']?.length, logs.reduce((sum, { log }) => sum + log.size, 0) + node.ledger.tree.size)
  dropView(path)
  const offline: Fetch = () => Promise.reject(new Error('a rebuild asks nobody'))
  const again = await ComityNode.open({ ...options, fetch: offline })
  await again.close()
  assert.deepEqual(rowsOf(path), live)
  const report = await audit({ source: FolderSource.open(directory) })
  assert.deepEqual(report.differences, [])
})
