/** What no log takes into a record of a restriction: names, addresses, content, and documents, whichever log is asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actor } from '@comity/testkit'
import { digestOf, home, json, served, startAt } from './server.fixture.ts'

const state = actor('restricting state', home.origin, { type: 'state' })
const urn = `urn:comity:case:${state.urn.slice(-64)}:notice-1`
const body = { request: 'court-order', content: `sha256:${'c0'.repeat(32)}`, ground: 'rights-of-others' }
const elsewhere = 'other.comity.invalid'

test('a notice that names a person, carries content or brings a document is refused, at its seat and where it is only filed', async (context) => {
  const { client } = await served(context)
  await client.submit(state.founding(startAt))
  const file = (seat: string, said: object, more: object = {}) =>
    client.submit(
      state.sign(
        'move',
        urn,
        { procedure: 'restriction/1', move: 'notice', seat, body: { ...said }, ...more },
        startAt,
      ),
    )
  const picture = json({ picture: 'of somebody' })
  const documents = [{ digest: digestOf(picture), size: picture.length, type: 'application/json' }]
  await client.putDocument(digestOf(picture), picture)
  for (const seat of [home.origin, elsewhere]) {
    await assert.rejects(file(seat, { ...body, alternatives: ['Ask jane.doe@mail.example.org.'] }), { code: 'guarded' })
    await assert.rejects(file(seat, { ...body, defences: ['<p>What was said</p>'] }), { code: 'guarded' })
    await assert.rejects(file(seat, body, { documents }), { code: 'guarded', message: /brings documents/ })
    await assert.rejects(file(seat, { ...body, name: 'Jane Doe' }), { code: 'bad-body' })
    await assert.rejects(file(seat, { ...body, documents }), { code: 'bad-body' })
  }
  const { id } = await file(home.origin, body)
  const shown = await client.case(urn)
  assert.deepEqual([shown.state.name, shown.opening.id], ['noticed', id])
  assert.ok((shown.facts['missing'] as readonly string[]).includes('order'), 'what it does not show stands on its face')
  assert.ok(!JSON.stringify(shown.facts).includes(body.content))
})
