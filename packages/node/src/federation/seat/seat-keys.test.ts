/** Keys of parties from elsewhere at the seat of their case: what their home log says of them arrives in its order. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256Hex } from '@comity/crypto'
import { type PartyPayload, jwkOf, keysDigest, statementUrn } from '@comity/statement'
import { continuationOf, keyFor, signerOf } from '@comity/testkit'
import { crypto } from '../../crypto-port.ts'
import { idOf, stage, startAt } from './seat.fixture.ts'

const key = (label: string, ...roles: PartyPayload['keys'][number]['roles']) => ({
  jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey }),
  roles,
})

test('a rotation in flight: what was signed before it and what was signed after it both take effect', async (context) => {
  const rotated = [key('southern 1', 'sign', 'approve')]
  const { seat, south, east, southern, eastern, move, round, movesAt, urn } = await stage(context, {
    southern: { party: { next: keysDigest(rotated, crypto) } },
  })
  await east.node.submit(move(eastern, 'acknowledge'))
  await round()
  // All of it is filed at home before the seat reads there again.
  const by = signerOf(keyFor('southern 1'))
  await south.node.submit(move(southern, 'acknowledge'))
  const { next: _spent, ...payload } = southern.payload
  const update = { ...payload, keys: rotated, previous: idOf(southern.founding(startAt)) }
  await south.node.submit(southern.sign('party', southern.urn, update, startAt + 20, by))
  await south.node.submit(move(southern, 'consult', {}, { by }))
  await assert.rejects(south.node.submit(move(southern, 'reply', { text: 'Old key' })), {
    message: /counts no more/,
  })
  await round()
  assert.equal(movesAt(seat).join(), 'notify,acknowledge,acknowledge,consult')
  assert.deepEqual(seat.node.seat.refusalsOf(urn), [])
})

test('a compromise reaches the seat of an open case, also when its party has nothing to say there', async (context) => {
  const keys = [key('southern', 'sign'), key('southern spare', 'sign')]
  const { seat, south, east, southern, eastern, move, round } = await stage(context, { southern: { party: { keys } } })
  await south.node.submit(move(southern, 'acknowledge'))
  await round()
  const spare = signerOf(keyFor('southern spare'))
  const compromise = [{ kid: Buffer.from(southern.signer.kid).toString('hex'), since: startAt }]
  const update = { ...southern.payload, previous: idOf(southern.founding(startAt)), compromise }
  const change = southern.sign('party', southern.urn, update, startAt + 20, spare)
  await south.node.submit(change)
  // Somebody without a part in any case here changes too: that is not this log's to know.
  const other = {
    ...eastern.payload,
    names: [{ language: 'en', text: 'Another name' }],
    previous: idOf(eastern.founding(startAt)),
  }
  await east.node.submit(eastern.sign('party', eastern.urn, other, startAt + 20))
  const { size } = seat.node.head
  await round()
  assert.ok(seat.node.find(idOf(change)))
  assert.equal(seat.node.head.size, size + 2, 'one copy and the time leaf of its batch')
  // The thief comes straight to the seat, and finds it told.
  await assert.rejects(seat.node.submit(move(southern, 'withdraw')), { message: /counts no more/ })
  await seat.reopen()
  await round()
  assert.equal(seat.node.head.size, size + 2)
})

test('a move under a threshold brings its approvals along, and takes effect with the last of them', async (context) => {
  const keys = [key('southern', 'sign'), key('southern second', 'approve'), key('southern third', 'approve')]
  const { seat, south, southern, move, round, movesAt } = await stage(context, {
    southern: { party: { keys, thresholds: { move: 3 } } },
  })
  const approve = (bytes: Uint8Array, label: string) =>
    south.node.submit(southern.sign('approval', statementUrn(idOf(bytes)), {}, startAt, signerOf(keyFor(label))))
  const acknowledged = move(southern, 'acknowledge')
  await approve(acknowledged, 'southern second')
  await south.node.submit(acknowledged)
  const { size } = seat.node.head
  await round()
  assert.equal(seat.node.head.size, size, 'it has not taken effect at home')
  await approve(acknowledged, 'southern third')
  await round()
  assert.equal(movesAt(seat).join(), 'notify,acknowledge')
  const { size: taken } = seat.node.head
  await seat.reopen()
  await round()
  assert.equal(seat.node.head.size, taken)
})

test('a move waits for the document that it brings, and holds up nobody but its author in that case', async (context) => {
  const { seat, south, southern, east, eastern, urn, round, clock, movesAt, move } = await stage(context)
  const document = new TextEncoder().encode('What we found')
  const digest = `sha256:${sha256Hex(document)}`
  await south.node.documents.put(digest, document)
  const payload = {
    procedure: 'dispute/1',
    move: 'acknowledge',
    seat: seat.origin,
    body: {},
    documents: [{ digest, size: document.length, type: 'text/plain' }],
  }
  await south.node.submit(southern.sign('move', urn, payload, clock.now()))
  await south.node.submit(move(southern, 'reply', { text: 'See the document.' }))
  await south.node.truth.blobs.delete(digest.slice('sha256:'.length))
  await round()
  assert.equal(movesAt(seat).join(), 'notify')
  await east.node.submit(move(eastern, 'acknowledge'))
  await round()
  assert.equal(movesAt(seat).join(), 'notify,acknowledge', 'another party of the case goes on')
  await seat.reopen()
  await round()
  assert.deepEqual(seat.node.seat.refusalsOf(urn), [])
  await south.node.documents.put(digest, document)
  clock.advance(3600)
  await round()
  await round()
  assert.equal(movesAt(seat).join(), 'notify,acknowledge,acknowledge,reply')
})

test('whom the seat does not follow brings copies of its party statements and files there himself', async (context) => {
  const { seat, southern, move, movesAt } = await stage(context)
  const post = (payload: Uint8Array) =>
    seat.app.inject({
      method: 'POST',
      url: '/entries',
      headers: { 'content-type': 'application/cose', accept: 'application/problem+json' },
      payload: Buffer.from(payload),
    })
  const acknowledged = move(southern, 'acknowledge')
  const early = await post(acknowledged)
  assert.equal(early.json().code, 'unknown-party')
  for (const bytes of [southern.founding(startAt), acknowledged]) assert.equal((await post(bytes)).statusCode, 201)
  assert.equal(movesAt(seat).join(), 'notify,acknowledge')
  const again = await post(move(southern, 'acknowledge', { text: 'Once more' }))
  assert.equal(again.json().code, 'already-made')
  assert.ok(String(again.json().refusal).length > 100)
})

test('a party that moves house goes on in its case from its new home', async (context) => {
  const { seat, south, east, southern, eastern, clock, move, round, movesAt, urn } = await stage(context)
  await south.node.submit(move(southern, 'acknowledge'))
  clock.advance(10)
  const update = { ...southern.payload, home: east.origin, previous: idOf(southern.founding(startAt)) }
  const moved = southern.sign('party', southern.urn, update, clock.now())
  const left = await south.node.submit(moved)
  for (const bytes of [southern.founding(startAt), moved]) await east.node.submit(bytes)
  clock.advance(10)
  const continued = continuationOf(south.node, left)
  await east.node.submit(southern.sign('continuation', east.origin, continued, clock.now()))
  await east.node.submit(move(eastern, 'acknowledge'))
  clock.advance(10)
  await east.node.submit(move(southern, 'consult'))
  await round()
  await round()
  assert.equal(movesAt(seat).join(), 'notify,acknowledge,acknowledge,consult')
  assert.deepEqual(seat.node.seat.refusalsOf(urn), [])
  assert.equal(seat.node.findParty(southern.urn)?.home, east.origin)
})
