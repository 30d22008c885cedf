import assert from 'node:assert/strict'
import { test } from 'node:test'
import { idOf, neighbours, restart, uploaded, written } from './inbox.fixture.ts'

for (const curve of ['P-256', 'X25519'] as const) {
  test(`a message arrives once, is read, and its sender holds a signed receipt (${curve})`, async (context) => {
    const { houses, settle } = await neighbours(context, ['ministry', 'authority'], { curve })
    const [a, b] = houses
    assert.ok(a && b)
    const message = written(a, { to: [b.home.urn], subject: 'Request 1', text: 'We ask for the records.' })
    const { id, duplicate } = await a.client.inbox.send(message)
    assert.equal(id, idOf(message))
    assert.equal(duplicate, false)
    await settle()
    const { items } = await b.client.inbox.messages()
    assert.deepEqual(
      items.map((each) => [each.id, each.direction, each.author, each.subject]),
      [[id, 'received', a.home.urn, 'Request 1']],
    )
    assert.equal((await b.client.inbox.message(id)).text, 'We ask for the records.')
    const sent = await a.client.inbox.message(id)
    assert.equal(sent.deliveries[0]?.state, 'delivered')
    assert.ok(sent.deliveries[0]?.receipt)
    assert.equal((await a.client.inbox.send(message)).duplicate, true)
    await settle()
    assert.equal((await b.client.inbox.messages()).items.length, 1)
    assert.deepEqual([...a.defects, ...b.defects], [])
  })
}

test('an attachment travels in sealed chunks and comes out the same', async (context) => {
  const neighbourhood = await neighbours(context, ['ministry', 'authority'])
  const { houses, settle } = neighbourhood
  const [a, b] = houses
  assert.ok(a && b)
  const content = Buffer.alloc(9_000_000, 'a long file, ')
  const { upload, attachment } = await uploaded(a, 'records.bin', content)
  const small = await uploaded(a, 'empty.txt', Buffer.alloc(0))
  const message = written(a, { to: [b.home.urn], text: 'See attached.', attachments: [attachment, small.attachment] })
  const { id } = await a.client.inbox.send(message, [upload, small.upload])
  await settle()
  assert.deepEqual([...a.defects, ...b.defects], [])
  assert.equal((await a.client.inbox.message(id)).deliveries[0]?.state, 'delivered')
  const received = await b.client.inbox.message(id)
  assert.deepEqual(received.whole, [true, true])
  const answer = await b.client.inbox.attachment(id, 0)
  assert.ok(content.equals(Buffer.from(await answer.arrayBuffer())))
  assert.equal((await (await b.client.inbox.attachment(id, 1)).arrayBuffer()).byteLength, 0)
  await restart(b, neighbourhood)
  assert.deepEqual((await b.client.inbox.message(id)).whole, [true, true])
})
