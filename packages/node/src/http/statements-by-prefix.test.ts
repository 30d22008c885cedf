/** People type how an identifier begins, as lists show it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachItem } from '@comity/contract'
import { instrumentUrn } from '@comity/statement'
import { provider, served, startAt } from './server.fixture.ts'

test('a statement is found by how its identifier begins, in any number of digits from eight', async (context) => {
  const { client, node } = await served(context)
  await client.submit(provider.founding(startAt))
  const filed = await client.submit(provider.sign('support', instrumentUrn('gids'), {}, startAt))
  for (const digits of [8, 9, 16, 63, 64]) {
    const { items, next } = await client.statements({ id: filed.id.slice(0, digits) })
    assert.deepEqual([items.map(({ id }) => id), next], [[filed.id], undefined], `${digits} digits`)
  }
  assert.deepEqual((await client.statements({ id: 'ffffffffffffffff' })).items, [])
  await assert.rejects(client.statements({ id: filed.id.slice(0, 7) }), { code: 'bad-request' })
  await assert.rejects(client.statements({ id: filed.id.slice(0, 8).toUpperCase() + 'G' }), { code: 'bad-request' })

  // Every entry is found so, and time leaves of one second, which are one statement, once.
  for await (const { id } of eachItem(client.statements, {})) {
    assert.deepEqual(
      (await client.statements({ id: id.slice(0, 8) })).items.map((each) => each.id),
      [id],
    )
  }
  const plan = node.reader
    .prepare('EXPLAIN QUERY PLAN SELECT id FROM entry WHERE id >= ? AND id <= ? AND position < 9 GROUP BY id LIMIT 9')
    .all(Buffer.alloc(32), Buffer.alloc(32, 255))
  assert.match(JSON.stringify(plan), /SEARCH entry USING (?:COVERING )?INDEX entry_id/)
})
