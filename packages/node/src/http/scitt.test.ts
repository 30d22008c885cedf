import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeConciseProblem } from '@comity/contract'
import { sha256, verify } from '@comity/crypto'
import {
  decodeCoseKey,
  decodeCoseKeySet,
  decodeStatement,
  instrumentUrn,
  readPayloadAs,
  verifyReceipt,
} from '@comity/statement'
import { home, provider, served, startAt, tellStory } from './server.fixture.ts'

const crypto = { sha256, verify }
const cose = { 'content-type': 'application/cose' }

async function post(url: string, body: Uint8Array, headers: Record<string, string> = cose): Promise<Response> {
  return fetch(`${url}/entries`, { method: 'POST', headers, body: new Uint8Array(body) })
}

test('a registered statement is answered with 201, a receipt that verifies and where it can be had again', async (context) => {
  const { url } = await served(context)
  const statement = provider.founding(startAt)
  const response = await post(url, statement)
  assert.equal(response.status, 201)
  assert.equal(response.headers.get('content-type'), 'application/cose')
  const receipt = new Uint8Array(await response.arrayBuffer())
  const { id, leaf } = decodeStatement(statement, crypto)
  assert.equal(response.headers.get('location'), `/entries/${id}`)
  assert.equal(response.headers.get('comity-duplicate'), null)

  const keys = decodeCoseKeySet(new Uint8Array(await (await fetch(`${url}/.well-known/scitt-keys`)).arrayBuffer()))
  assert.equal(keys.length, 1)
  const [key] = keys
  assert.ok(key)
  assert.equal(verifyReceipt(receipt, leaf, key, crypto).index, 3)

  const again = await fetch(`${url}/entries/${id}`)
  assert.equal(again.status, 200)
  assert.deepEqual(new Uint8Array(await again.arrayBuffer()), receipt)
})

test('a statement that comes again gets its first receipt', async (context) => {
  const { url, client } = await served(context)
  const statement = provider.founding(startAt)
  const first = await client.submit(statement)
  await client.submit(provider.sign('support', instrumentUrn('gids'), {}, startAt))
  const response = await post(url, statement)
  assert.equal(response.status, 201)
  assert.equal(response.headers.get('comity-duplicate'), 'true')
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), first.receipt)
})

test('one receipt key is found by its thumbprint in unpadded base64url, and no other', async (context) => {
  const { url } = await served(context)
  const kid = Buffer.from(home.keys.receipt.kid).toString('base64url')
  const response = await fetch(`${url}/.well-known/scitt-keys/${kid}`)
  assert.equal(response.headers.get('content-type'), 'application/cbor')
  assert.equal(decodeCoseKey(new Uint8Array(await response.arrayBuffer())).alg, 'EdDSA')
  for (const wrong of [`${kid}=`, 'AAAA', kid.slice(1)]) {
    const missing = await fetch(`${url}/.well-known/scitt-keys/${wrong}`)
    assert.equal(missing.status, 404)
    assert.equal(decodeConciseProblem(new Uint8Array(await missing.arrayBuffer()))?.title, 'No such key')
  }
})

test('an authentic statement that is refused brings a refusal signed by the keeper', async (context) => {
  const served_ = await served(context)
  const { url, client } = served_
  await tellStory(served_)
  const statement = provider.sign('adherence', instrumentUrn('gids'), {}, startAt)
  const response = await post(url, statement)
  assert.equal(response.status, 400)
  assert.equal(response.headers.get('content-type'), 'application/concise-problem-details+cbor')
  assert.equal(response.headers.get('comity-code'), 'wrong-party-type')
  const problem = decodeConciseProblem(new Uint8Array(await response.arrayBuffer()))
  assert.equal(problem?.title, 'Rejected')
  assert.equal(problem?.code, 'wrong-party-type')
  assert.ok(problem?.refusal)
  const refusal = decodeStatement(problem.refusal, crypto)
  assert.equal(refusal.iss, home.urn)
  assert.equal(refusal.sub, `urn:comity:statement:${decodeStatement(statement, crypto).id}`)
  assert.equal(readPayloadAs(refusal, 'refusal').code, 'wrong-party-type')
  await assert.rejects(client.submit(statement), { name: 'ClientError', code: 'wrong-party-type', status: 400 })
})

test('an entry that is not there is a 404, and a malformed locator a 400, in the words of SCRAPI', async (context) => {
  const { url } = await served(context)
  const titleAt = async (path: string, status: number) => {
    const response = await fetch(url + path)
    assert.equal(response.status, status)
    return decodeConciseProblem(new Uint8Array(await response.arrayBuffer()))?.title
  }
  assert.equal(await titleAt(`/entries/${'ab'.repeat(32)}`, 404), 'Not Found')
  assert.equal(await titleAt('/entries/xyz', 400), 'Invalid locator')
})
