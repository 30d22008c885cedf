import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fetch } from '../../peers/peer.ts'
import { neighbours, uploaded, written } from '../inbox.fixture.ts'

test('a message with files wakes who carries them: nobody waits for the next full hour', async (context) => {
  const { houses } = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = houses
  assert.ok(a && b)
  a.inbox.start()
  // The loops have found nothing to do and sleep.
  await sleep(50)
  const { upload, attachment } = await uploaded(a, 'records.bin', Buffer.alloc(5_000_000, 'abc'))
  const message = written(a, { to: [b.home.urn], text: 'See attached.', attachments: [attachment] })
  const { id } = await a.client.inbox.send(message, [upload])
  const state = async () => (await a.client.inbox.message(id)).deliveries[0]?.state
  for (let tries = 0; tries < 400 && (await state()) !== 'delivered'; tries++) await sleep(25)
  assert.equal(await state(), 'delivered')
  assert.deepEqual((await b.client.inbox.message(id)).whole, [true])
  assert.deepEqual([...a.defects, ...b.defects], [])
})

test('where the answer to the last piece of a file is lost, the receipt comes with the next attempt', async (context) => {
  let lost = 0
  const network =
    (fetch: Fetch): Fetch =>
    async (url, init) => {
      const answer = await fetch(url, init)
      if (init?.method !== 'POST' || !url.includes('/attachments/') || lost > 1) return answer
      lost += 1
      await answer.arrayBuffer()
      throw new TypeError('fetch failed')
    }
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'], { network })
  const [a, b] = houses
  assert.ok(a && b)
  const one = await uploaded(a, 'one.bin', Buffer.alloc(1000, 'one'))
  const two = await uploaded(a, 'two.bin', Buffer.alloc(1000, 'two'))
  const message = written(a, { to: [b.home.urn], text: 'x', attachments: [one.attachment, two.attachment] })
  const { id } = await a.client.inbox.send(message, [one.upload, two.upload])
  for (let rounds = 0; rounds < 4; rounds++) {
    await settle()
    clock.advance(60)
  }
  assert.equal(lost, 2)
  const { receipt, whole } = await b.client.inbox.message(id)
  assert.deepEqual(whole, [true, true])
  const [delivery] = (await a.client.inbox.message(id)).deliveries
  assert.equal(delivery?.state, 'delivered')
  assert.equal(delivery?.receipt, receipt)
})
