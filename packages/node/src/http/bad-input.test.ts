/** Every bad input that a stranger can send as a statement, through the door that strangers use. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeConciseProblem } from '@comity/contract'
import { generateKeyPair, sha256, sha256Hex, verify } from '@comity/crypto'
import {
  decodeStatement,
  instrumentUrn,
  jwkOf,
  keysDigest,
  type PartyPayload,
  partyUrn,
  signStatement,
  statementUrn,
} from '@comity/statement'
import { type Actor, actor, keyFor, signerOf } from '@comity/testkit'
import { audit } from '../audit/audit.ts'
import { HttpSource } from '../audit/http-source.ts'
import { hashEnvelope } from '../pipeline/hash-envelope.fixture.ts'
import {
  advisory,
  advisoryPayload,
  digestOf,
  home,
  product,
  productPayload,
  provider,
  served,
  type Served,
  startAt,
} from './server.fixture.ts'

const crypto = { sha256, verify }
const jwk = (label: string) => jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey })

async function answerTo({ url }: Served, body: Uint8Array) {
  const response = await fetch(`${url}/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/cose' },
    body: new Uint8Array(body),
  })
  const problem = decodeConciseProblem(new Uint8Array(await response.arrayBuffer()))
  return { status: response.status, ...problem }
}

/** Sends each input, expects its code, and that the log is as long as before. */
async function expectCodes(served_: Served, inputs: Readonly<Record<string, Uint8Array>>, codes: readonly string[]) {
  const { size } = served_.node.head
  for (const [i, [name, bytes]] of Object.entries(inputs).entries()) {
    const answer = await answerTo(served_, bytes)
    assert.equal(answer.code, codes[i], name)
    assert.ok(answer.detail !== undefined && answer.detail.length > 10, `${name}: ${answer.detail}`)
    assert.equal(answer.status, codes[i] === 'statement-too-large' ? 413 : 400, name)
  }
  assert.equal(served_.node.head.size, size)
}

/** COSE_Sign1 put together by hand, so that its parts can be wrong. */
function sign1(inner: Uint8Array, payload: Uint8Array, signature: Uint8Array, tag = 0xd2): Uint8Array {
  const bstr = (bytes: Uint8Array) => [0x59, bytes.length >> 8, bytes.length & 0xff, ...bytes]
  return Uint8Array.of(tag, 0x84, ...bstr(inner), 0xa0, ...bstr(payload), ...bstr(signature))
}

test('what is no well-formed statement is refused by its form', async (context) => {
  const served_ = await served(context)
  const { protectedBytes, payload, signature } = decodeStatement(provider.founding(startAt), crypto)
  const inner = [...protectedBytes]
  assert.deepEqual(inner.slice(0, 3), [0xa4, 0x01, 0x27], 'a map that begins with alg: EdDSA')
  const flipped = Uint8Array.from(signature, (byte, i) => (i === 0 ? byte ^ 1 : byte))
  const inputs = {
    'not CBOR': Uint8Array.of(0xd2, 0x84, 0x58),
    nothing: new Uint8Array(),
    'non-canonical protected header': sign1(Uint8Array.of(0xb8, 4, ...inner.slice(1)), payload, signature),
    'wrong tag': sign1(protectedBytes, payload, signature, 0xd1),
    'unknown algorithm': sign1(Uint8Array.of(0xa4, 0x01, 0x28, ...inner.slice(3)), payload, signature),
    'missing algorithm': sign1(Uint8Array.of(0xa3, ...inner.slice(3)), payload, signature),
    'wrong signature': sign1(protectedBytes, payload, flipped),
    'more than a statement with its receipts can be': new Uint8Array(140_000),
  }
  await expectCodes(served_, inputs, [
    'not-cbor',
    'not-cbor',
    'non-canonical',
    'wrong-tag',
    'unknown-algorithm',
    'missing-algorithm',
    'wrong-signature',
    'statement-too-large',
  ])
  const tooLarge = await answerTo(served_, new Uint8Array(140_000))
  assert.match(tooLarge.detail ?? '', /131072/)
})

test('a signature with high S and a key of small order are refused', async (context) => {
  const served_ = await served(context)
  const key = generateKeyPair('ES256')
  const signer = signerOf(key)
  const payload: PartyPayload = {
    names: [{ language: 'en', text: 'P-256 (fictitious)' }],
    type: 'provider',
    home: home.origin,
    keys: [{ jwk: jwkOf({ alg: 'ES256', bytes: key.publicKey }), roles: ['sign'] }],
  }
  const founding = (body: object, by = signer) => {
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    const urn = partyUrn(bytes, crypto)
    return signStatement({ kind: 'party', iss: urn, sub: urn, iat: startAt, payload: bytes, signer: by })
  }
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const highS = founding(payload, {
    ...signer,
    sign: (message) => {
      const signature = signer.sign(message)
      const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`)
      return Buffer.concat([signature.subarray(0, 32), Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')])
    },
  })
  const one = Buffer.alloc(32)
  one[0] = 1
  const smallOrder = { kty: 'OKP', crv: 'Ed25519', x: one.toString('base64url') }
  const inputs = {
    'high S': highS,
    'small order': founding({ ...payload, keys: [{ jwk: smallOrder, roles: ['sign'] }, ...payload.keys] }),
  }
  await expectCodes(served_, inputs, ['high-s', 'small-order-key'])
  assert.equal((await answerTo(served_, founding(payload))).status, 201)
})

test('a key signs only while it counts, in its roles and for its kinds', async (context) => {
  const served_ = await served(context)
  const { client } = served_
  const keys: PartyPayload['keys'] = [
    { jwk: jwk('author'), roles: ['sign'] },
    { jwk: jwk('author approver'), roles: ['approve'] },
    { jwk: jwk('author supporter'), roles: ['sign'], kinds: ['support'] },
  ]
  const nextKeys: PartyPayload['keys'] = [{ jwk: jwk('author next'), roles: ['sign'] }]
  const author = actor('author', home.origin, { party: { keys, next: keysDigest(nextKeys, crypto) } })
  const { id: previous } = await client.submit(author.founding(startAt))
  const by = (label: string) => signerOf(keyFor(label))
  const support = (label: string, iat = startAt) => author.sign('support', instrumentUrn('gids'), {}, iat, by(label))
  await expectCodes(
    served_,
    {
      stranger: support('somebody else'),
      role: support('author approver'),
      kind: author.sign('party', author.urn, { ...author.payload, previous }, startAt, by('author supporter')),
      future: support('author', startAt + 10_000),
      'not committed': author.sign(
        'party',
        author.urn,
        { ...author.payload, keys: [{ jwk: jwk('thief'), roles: ['sign'] }], previous },
        startAt,
        by('thief'),
      ),
    },
    ['unknown-key', 'key-without-role', 'key-without-kind', 'clock-in-future', 'key-not-committed'],
  )
  const { next: _next, ...rest } = author.payload
  await client.submit(
    author.sign('party', author.urn, { ...rest, keys: nextKeys, previous }, startAt, by('author next')),
  )
  await expectCodes(
    served_,
    {
      revoked: support('author'),
      'wrong previous': author.sign(
        'party',
        author.urn,
        { ...rest, keys: nextKeys, previous },
        startAt + 1,
        by('author next'),
      ),
    },
    ['revoked-key', 'wrong-previous'],
  )
})

test('a party that asked for more signatures is not changed by one', async (context) => {
  const served_ = await served(context)
  const author: Actor = actor('careful', home.origin, {
    party: {
      keys: [
        { jwk: jwk('careful'), roles: ['sign'] },
        { jwk: jwk('careful second'), roles: ['approve'] },
      ],
      thresholds: { party: 2, support: 2 },
      recovery: { threshold: 1, keys: [jwk('careful rescue')] },
    },
  })
  const { id: previous } = await served_.client.submit(author.founding(startAt))
  const change = author.sign('party', author.urn, { ...author.payload, previous }, startAt)
  await expectCodes(served_, { change }, ['threshold-not-met'])

  const { id } = await served_.client.submit(author.sign('support', instrumentUrn('gids'), {}, startAt))
  const pending = await served_.client.statement(id)
  assert.equal(pending.effective, null)
  assert.deepEqual(pending.pending, { have: 1, need: 2 })
  const recovery = author.sign('approval', statementUrn(id), {}, startAt, signerOf(keyFor('careful rescue')))
  await served_.client.submit(recovery)
  const stillOne = await served_.client.statement(id)
  assert.deepEqual(stillOne.pending, { have: 1, need: 2 }, 'a recovery key counts for recovery alone')
  const approval = author.sign(
    'approval',
    `urn:comity:statement:${id}`,
    {},
    startAt,
    signerOf(keyFor('careful second')),
  )
  await served_.client.submit(approval)
  const approved = await served_.client.statement(id)
  assert.equal(typeof approved.effective, 'number')
  assert.equal(approved.pending, undefined)
  assert.equal(approved.approvals.length, 2)
})

test('a payload is refused for its kind, its schema with the path, its documents and its size', async (context) => {
  const served_ = await served(context)
  await served_.client.submit(provider.founding(startAt))
  await served_.client.submit(provider.sign('product', product, productPayload, startAt))
  const { urn, signer } = provider
  const statement = (kind: string, sub: string, payload: object | Uint8Array) =>
    signStatement({ kind, iss: urn, sub, iat: startAt, payload, signer })
  const wrongMember = { ...productPayload, updatePolicy: { ...productPayload.updatePolicy, consent: 'perhaps' } }
  await expectCodes(
    served_,
    {
      kind: statement('nonsense', product, {}),
      'not I-JSON': statement('product', product, new TextEncoder().encode('{"name":"a","name":"b"}')),
      schema: statement('product', product, wrongMember),
      subject: statement('product', `urn:comity:product:${'00'.repeat(32)}:x`, productPayload),
      document: provider.sign('advisory', advisory, advisoryPayload, startAt),
      large: statement('product', product, { ...productPayload, description: 'x'.repeat(66_000) }),
    },
    ['unknown-kind', 'not-i-json', 'schema-violation', 'bad-subject', 'missing-document', 'statement-too-large'],
  )
  const answer = await answerTo(served_, statement('product', product, wrongMember))
  assert.equal(answer.pointer, '/updatePolicy/consent')

  const other = new TextEncoder().encode('{"id":"NORTH-1"}')
  const digest = digestOf(other)
  await served_.client.putDocument(digest, other)
  const wrongSize = { ...advisoryPayload, document: digest, documents: [{ digest, size: 1, type: 'application/json' }] }
  await expectCodes(served_, { size: provider.sign('advisory', advisory, wrongSize, startAt) }, ['digest-mismatch'])
  assert.equal(sha256Hex(other), digest.slice(7))
})

test('a statement of a party that the log does not know is refused', async (context) => {
  const served_ = await served(context)
  await expectCodes(served_, { stranger: provider.sign('support', instrumentUrn('gids'), {}, startAt) }, [
    'unknown-party',
  ])
})

test('a foreign Hash Envelope is registered where the policy names it: no finding, no effect, and the audit accepts it', async (context) => {
  const { url, node, client } = await served(context)
  await client.submit(provider.founding(startAt))
  await client.submit(provider.sign('support', instrumentUrn('gids'), {}, startAt))
  const before = node.findings.current(provider.urn)
  assert.ok(before)
  const envelope = hashEnvelope(provider, 'pkg:npm/left@1.2.3', sha256(new Uint8Array()), startAt)
  const response = await fetch(`${url}/entries`, {
    method: 'POST',
    headers: { 'content-type': 'application/cose' },
    body: new Uint8Array(envelope),
  })
  assert.equal(response.status, 201)
  const { id } = decodeStatement(envelope, crypto)
  assert.equal(response.headers.get('location'), `/entries/${id}`)
  assert.equal((await client.statement(id)).kind, 'hash-envelope')
  assert.deepEqual(node.findings.current(provider.urn)?.findings, before.findings)

  const report = await audit({ source: HttpSource.open(url) })
  assert.deepEqual(report.differences, [])
  assert.equal(report.kinds['hash-envelope'], 1)
  assert.equal(report.size, node.head.size)
})

test('other foreign statements are refused, and Hash Envelopes too where the policy does not name them', async (context) => {
  const served_ = await served(context, { policy: { kinds: ['party', 'support'] } })
  await served_.client.submit(provider.founding(startAt))
  const ours = provider.sign('support', instrumentUrn('gids'), {}, startAt)
  const { protectedBytes, toBeSigned, payload } = decodeStatement(ours, crypto)
  // Of the same length, so that no length before it changes.
  const from = 'application/vnd.comity.support.v1+json'
  const foreign = (bytes: Uint8Array) =>
    Buffer.from(
      Buffer.from(bytes).toString('latin1').replace(from, 'text/plain; charset='.padEnd(from.length, 'x')),
      'latin1',
    )
  const signature = provider.signer.sign(foreign(toBeSigned))
  await expectCodes(
    served_,
    {
      'text/plain': sign1(foreign(protectedBytes), payload, signature),
      envelope: hashEnvelope(provider, 'pkg:npm/left@1.2.3', sha256(new Uint8Array()), startAt),
    },
    ['unknown-kind', 'kind-not-admitted'],
  )
})
