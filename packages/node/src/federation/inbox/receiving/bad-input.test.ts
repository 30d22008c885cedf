/** What can be wrong with a message that somebody brings: each has its own outcome, and nothing is written. */
import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { type MessagePayload, partyHex, correspondenceUrn, statementUrn } from '@comity/statement'
import { actor } from '@comity/testkit'
import { type House, neighbours, startAt, uploaded, written } from '../inbox.fixture.ts'
import { type SealPair, sealPair } from '../inbox-keys.fixture.ts'
import { encodeEnvelope } from '../message/envelope.ts'
import { seal } from '../message/seal.ts'
import { sealKeyHeader } from '../sending/remote-inbox.ts'
import { oldestMessage } from './oldest-message.ts'

async function pairOf(context: TestContext) {
  const { houses, clock, settle } = await neighbours(context, ['ministry', 'authority'])
  const [a, b] = houses
  assert.ok(a && b)
  return { a, b, clock, settle }
}

const keyOf = ({ kid, publicJwk }: SealPair) => ({
  kid,
  publicKey: createPublicKey({ key: { ...publicJwk }, format: 'jwk' }),
})

/** Brings bytes to the inbox of a house. */
async function bring(house: House, body: Uint8Array, party = house.home.urn): Promise<Response> {
  return fetch(`${house.url}/inbox/${partyHex(party)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/jose+json' },
    body: new Uint8Array(body),
  })
}

async function codeOf(answer: Response): Promise<string> {
  const problem: { readonly code?: string } = JSON.parse(await answer.text())
  return problem.code ?? `status ${answer.status}`
}

async function count(house: House): Promise<number> {
  return (await house.client.inbox.messages()).items.length
}

const sealedTo = (house: House, message: Uint8Array, keys: readonly Uint8Array[] = []) =>
  seal(encodeEnvelope({ message, keys }), [keyOf(house.seal)])

test('a replayed message is answered with the receipt it had, and is there once', async (context) => {
  const { a, b } = await pairOf(context)
  const message = written(a, { to: [b.home.urn], text: 'once' })
  const sealed = await sealedTo(b, message)
  const first = await (await bring(b, sealed)).text()
  for (const again of [sealed, await sealedTo(b, message)]) {
    const answer = await bring(b, again)
    assert.equal(answer.status, 200)
    assert.equal(await answer.text(), first)
  }
  assert.equal(await count(b), 1)
})

test('a truncated message is told from a broken one, wherever it was cut', async (context) => {
  const { a, b } = await pairOf(context)
  const sealed = await sealedTo(b, written(a, { to: [b.home.urn], text: 'whole' }))
  assert.equal(await codeOf(await bring(b, sealed.subarray(0, sealed.length / 2))), 'not-sealed')
  assert.equal(await codeOf(await bring(b, new Uint8Array(0))), 'not-sealed')
  const jwe: { ciphertext: string } = JSON.parse(Buffer.from(sealed).toString())
  const cut = { ...jwe, ciphertext: jwe.ciphertext.slice(0, -100) }
  assert.equal(await codeOf(await bring(b, Buffer.from(JSON.stringify(cut)))), 'seal-broken')
  assert.equal(await count(b), 0)
})

test('an oversized message is refused before it is read', async (context) => {
  const { a, b } = await pairOf(context)
  const answer = await bring(b, new Uint8Array(300 * 1024))
  assert.equal(answer.status, 413)
  assert.equal(await codeOf(answer), 'message-too-large')
  const long = written(a, { to: [b.home.urn], text: 'x'.repeat(47_999) })
  assert.ok(await sealedTo(b, long), 'the longest text that a message takes can be sealed')
})

test('a message that was sealed anew to somebody else is refused by who it was not for', async (context) => {
  const { a, b } = await pairOf(context)
  const message = written(a, { to: [actor('somebody else', a.home.origin).urn], text: 'not for you' })
  const answer = await bring(b, await sealedTo(b, message))
  assert.equal(answer.status, 400)
  assert.equal(await codeOf(answer), 'wrong-recipient')
  assert.equal(await count(b), 0)
})

test('a message that is carried to another party of the same node, or made out to its key, does not open', async (context) => {
  const { a, b } = await pairOf(context)
  const other = sealPair()
  const guest = actor('guest', b.home.origin)
  await b.node.submit(guest.founding(startAt))
  await b.inbox.sealKeys.add(guest.urn, other.privateJwk)
  const message = written(a, { to: [b.home.urn], text: 'for one of them' })
  const sealed = await sealedTo(b, message)
  assert.equal(await codeOf(await bring(b, sealed, guest.urn)), 'unknown-seal-key')
  const readdressed = Buffer.from(sealed).toString().replaceAll(b.seal.kid, other.kid)
  assert.equal(await codeOf(await bring(b, Buffer.from(readdressed), guest.urn)), 'seal-broken')
  const anew = await seal(encodeEnvelope({ message, keys: [] }), [keyOf(other)])
  assert.equal(await codeOf(await bring(b, anew, guest.urn)), 'wrong-recipient')
  assert.deepEqual(b.inbox.messages.list(guest.urn, {}).messages, [])
})

test('a message of another party, unsigned, or signed with a key that may not, is refused', async (context) => {
  const { a, b } = await pairOf(context)
  const payload: MessagePayload = { to: [b.home.urn], text: 'x' }
  const sub = correspondenceUrn('c0'.repeat(32))
  const stranger = actor('stranger', a.home.origin)
  assert.equal(
    await codeOf(await bring(b, await sealedTo(b, stranger.sign('message', sub, payload, startAt)))),
    'unknown-author',
  )
  const forged = a.home.sign('message', sub, payload, startAt, stranger.signer)
  assert.equal(await codeOf(await bring(b, await sealedTo(b, forged))), 'unknown-key')
  const byNode = a.home.sign('message', sub, payload, startAt, a.home.keys.receipt)
  assert.equal(await codeOf(await bring(b, await sealedTo(b, byNode))), 'key-without-role')
  const message = written(a, payload)
  const changed = Uint8Array.from(message).with(message.length - 1, (message.at(-1) ?? 0) ^ 1)
  assert.equal(await codeOf(await bring(b, await sealedTo(b, changed))), 'wrong-signature')
  assert.equal(await count(b), 0)
})

test('what is sealed and is no message is refused', async (context) => {
  const { a, b } = await pairOf(context)
  const statement = a.home.sign('support', 'urn:comity:instrument:gids', {}, startAt)
  assert.equal(await codeOf(await bring(b, await sealedTo(b, statement))), 'malformed-message')
  const noise = await seal(Buffer.from('{"message":"AAAA","keys":[]}'), [keyOf(b.seal)])
  assert.equal(await codeOf(await bring(b, noise)), 'wrong-tag')
  const receipt = a.home.sign(
    'delivery',
    statementUrn('5e'.repeat(32)),
    { digest: `sha256:${'d1'.repeat(32)}`, sizeClass: 4096, at: startAt, how: 'link', attachments: [] },
    startAt,
    a.home.keys.receipt,
  )
  assert.equal(await codeOf(await bring(b, await sealedTo(b, receipt))), 'malformed-message')
})

test('a message from the future, and one that is too old, are refused', async (context) => {
  const { a, b, clock } = await pairOf(context)
  const sub = correspondenceUrn('c0'.repeat(32))
  const sign = (iat: number) => a.home.sign('message', sub, { to: [b.home.urn], text: 'x' }, iat)
  assert.equal(await codeOf(await bring(b, await sealedTo(b, sign(startAt + 3600)))), 'clock-in-future')
  const old = await sealedTo(b, sign(startAt))
  clock.advance(oldestMessage + 1)
  assert.equal(await codeOf(await bring(b, old)), 'message-too-old')
})

test('a party that is not here, and a key that nobody here has, are told apart', async (context) => {
  const { a, b } = await pairOf(context)
  const message = written(a, { to: [b.home.urn], text: 'x' })
  assert.equal(await codeOf(await bring(b, await sealedTo(b, message), a.home.urn)), 'unknown-recipient')
  assert.equal((await fetch(`${b.url}/inbox/nobody`, { method: 'POST' })).status, 400)
  const stranger = await seal(encodeEnvelope({ message, keys: [] }), [keyOf(sealPair())])
  const answer = await bring(b, stranger)
  assert.equal(await codeOf(answer), 'unknown-seal-key')
  assert.equal(answer.headers.get(sealKeyHeader), null)
})

test('chunks without a ticket, without their list, or too large are refused before they are stored', async (context) => {
  const { a, b } = await pairOf(context)
  const { attachment } = await uploaded(a, 'a.bin', Buffer.alloc(5_000_000, 'abc'))
  const message = written(a, { to: [b.home.urn], text: 'x', attachments: [attachment] })
  const taken = await bring(b, await sealedTo(b, message, [Buffer.alloc(32)]))
  const { attachments }: { attachments: { ticket: string }[] } = JSON.parse(await taken.text())
  const inbox = `${b.url}/inbox/${partyHex(b.home.urn)}/attachments`
  const path = `${inbox}/${attachments[0]?.ticket}`
  const put = async (address: string, body: Uint8Array) =>
    codeOf(await fetch(address, { method: 'PUT', body: new Uint8Array(body) }))
  assert.equal(await put(`${path}/chunks/0`, Buffer.alloc(10)), 'attachment-incomplete')
  assert.equal(await put(`${path}/list`, Buffer.from('no list')), 'digest-mismatch')
  assert.equal(await codeOf(await fetch(path, { method: 'POST' })), 'attachment-incomplete')
  assert.equal(await put(`${path}/chunks/0`, new Uint8Array(4 * 1024 * 1024 + 29)), 'attachment-too-large')
  const unknown = `${inbox}/${'00'.repeat(16)}`
  assert.equal(await codeOf(await fetch(unknown)), 'unknown-attachment')
  assert.equal(await put(`${unknown}/chunks/0`, Buffer.from('x')), 'unknown-attachment')
  assert.equal(await put(`${path}/chunks/x`, Buffer.from('x')), 'bad-request')
  assert.deepEqual([...b.node.truth.blobs.listSealed()], [])
})
