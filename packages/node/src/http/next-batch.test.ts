import assert from 'node:assert/strict'
import { test } from 'node:test'
import { left, publish, house } from '../vault/vault.fixture.ts'
import { createServer } from './create-server.ts'

test('who has the newest checkpoint may wait for the next one, and nobody else waits', async (context) => {
  const own = await house(context)
  const { node, vault } = own
  const app = await createServer({ node, vault })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const ask = (headers: Record<string, string>) => fetch(`${url}/checkpoint`, { headers })

  const plain = await ask({})
  assert.deepEqual([plain.headers.get('preference-applied'), await plain.text()], [null, node.head.note])
  const first = await ask({ prefer: 'wait=20' })
  const tag = first.headers.get('etag') ?? ''
  assert.deepEqual([first.status, first.headers.get('preference-applied')], [200, 'wait'])
  assert.equal(await first.text(), node.head.note)
  const nothing = await ask({ prefer: 'wait=1', 'if-none-match': tag })
  assert.equal(nothing.status, 304)

  const waiting = ask({ prefer: 'respond-async, wait=20', 'if-none-match': tag })
  await publish(own, left({}), { id: 'ADV-1' })
  const next = await waiting
  assert.equal(next.status, 200)
  assert.equal(await next.text(), node.head.note)
  assert.notEqual(next.headers.get('etag'), tag)
  const stale = await ask({ prefer: 'wait=20', 'if-none-match': tag })
  assert.equal(stale.status, 200, 'who lacks something is told at once')

  const held = ask({ prefer: 'wait=20', 'if-none-match': next.headers.get('etag') ?? '' })
  await ask({})
  await app.close()
  assert.equal((await held).status, 304, 'closing waits for nobody')
  await vault.close()
  await node.close()
})
