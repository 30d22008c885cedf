import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { dropView } from '@comity/store'
import { createPublicKey } from 'node:crypto'
import { type House, idOf, neighbours, restart, uploaded, written } from './inbox.fixture.ts'
import { encodeEnvelope } from './message/envelope.ts'
import { seal } from './message/seal.ts'
import { verifyFile } from '../../audit/verify-file.ts'
import { dump } from '../../vault/dump.fixture.ts'
import { Vault } from '../../vault/vault.ts'

const viewOf = ({ directory }: House) => join(directory, 'views', 'vault.db')
const sealedIn = ({ node }: House) => [...node.truth.blobs.listSealed()].length
const keep = 'a0'.repeat(32)
const gone = 'b0'.repeat(32)

async function corresponding(context: Parameters<typeof neighbours>[0]) {
  const neighbourhood = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = neighbourhood.houses
  assert.ok(a && b)
  const one = await uploaded(a, 'a.bin', Buffer.alloc(5_000_000, 'one'))
  const two = await uploaded(a, 'b.bin', Buffer.alloc(10, 'two'))
  const kept = written(a, { to: [b.home.urn], text: 'kept', attachments: [two.attachment] }, keep)
  const erased = written(a, { to: [b.home.urn], text: 'erased', attachments: [one.attachment] }, gone)
  await a.client.inbox.send(kept, [two.upload])
  await a.client.inbox.send(erased, [one.upload])
  await neighbourhood.settle()
  return { neighbourhood, a, b, kept: idOf(kept), erased, id: idOf(erased) }
}

test('an erased correspondence is gone for who erased it, with its files, and comes back by no replay', async (context) => {
  const { neighbourhood, a, b, kept, erased, id } = await corresponding(context)
  assert.equal(sealedIn(b), 5, 'two lists and three chunks')
  await b.client.inbox.eraseCorrespondence(gone)
  const check = async (when: string) => {
    assert.deepEqual(
      (await b.client.inbox.messages()).items.map((each) => each.id),
      [kept],
      when,
    )
    await assert.rejects(b.client.inbox.message(id), { code: 'unknown-message' }, when)
    await assert.rejects(b.client.inbox.correspondence(gone), { code: 'unknown-correspondence' }, when)
    assert.equal(sealedIn(b), 2, when)
    const key = { kid: b.seal.kid, publicKey: createPublicKey({ key: { ...b.seal.publicJwk }, format: 'jwk' }) }
    const again = await seal(encodeEnvelope({ message: erased, keys: [new Uint8Array(32)] }), [key])
    await assert.rejects(b.inbox.reception.take(b.home.urn, again), { code: 'erased' }, when)
  }
  await check('live')
  await restart(b, neighbourhood)
  await check('after a restart')
  assert.equal((await a.client.inbox.message(id)).text, 'erased', 'the other side has its own')
  await assert.rejects(b.client.inbox.eraseCorrespondence(gone), { code: 'unknown-correspondence' })
})

test('what was committed before an erasure stays proved for the others of its hour', async (context) => {
  const { neighbourhood, b, kept } = await corresponding(context)
  await b.client.inbox.eraseCorrespondence(gone)
  neighbourhood.clock.advance(3600)
  await neighbourhood.settle()
  assert.equal(verifyFile(await b.client.inbox.disclosure(kept)).verdict, 'right')
})

test('rebuild-equals-live: the inbox comes out the same from the journal alone, erasures and all', async (context) => {
  const { neighbourhood, a, b, kept } = await corresponding(context)
  await b.client.inbox.eraseCorrespondence(gone)
  await a.client.inbox.makeLink(kept, neighbourhood.clock.now() + 3600)
  neighbourhood.clock.advance(3600)
  await neighbourhood.settle()
  for (const house of [a, b]) {
    const { node, app, clock } = house
    const view = viewOf(house)
    await house.vault.settled()
    const live = dump(view, node.truth)
    assert.match(live, /"hour":/)
    await house.inbox.stop()
    await app.close()
    await house.vault.close()
    dropView(view)
    house.vault = await Vault.open({ truth: node.truth, view, register: node.reader, now: () => clock.now() })
    await house.vault.settled()
    assert.equal(dump(view, node.truth), live, house.label)
  }
})

test('a hosted party that is erased takes its correspondences with it', async (context) => {
  const { neighbourhood, b } = await corresponding(context)
  assert.equal(await b.vault.erase(b.home.urn), true)
  assert.equal(sealedIn(b), 0)
  assert.deepEqual(b.inbox.messages.list(b.home.urn, {}).messages, [])
  assert.deepEqual(b.inbox.sealKeys.list(b.home.urn), [])
  await restart(b, neighbourhood)
  assert.deepEqual((await b.client.inbox.messages()).items, [])
  await assert.rejects(
    b.inbox.reception.take(b.home.urn, Buffer.from('{}')),
    { code: 'not-sealed' },
    'it is hosted again, as one that was never here',
  )
})
