import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bigEndian, L25519, N256 } from './curves.ts'
import { signStatement } from './sign-statement.ts'
import { checkSignatureForm, verifySignature, verifySignatureAsync } from './signature.ts'
import { decodeStatement, type Statement } from './statement.ts'
import { codeOf, es256Signer, port, signer, type TestSigner } from './signers.fixture.ts'

const ISS = `urn:comity:party:${'a1'.repeat(32)}`

function signed(by: TestSigner): Statement {
  const sub = `urn:comity:statement:${'5e'.repeat(32)}`
  return decodeStatement(signStatement({ kind: 'approval', iss: ISS, sub, iat: 1, payload: {}, signer: by }), port)
}

function withS(signature: Uint8Array, s: bigint, littleEndian: boolean): Uint8Array {
  const bytes = Array.from({ length: 32 }, (_, i) => Number((s >> BigInt(8 * i)) & 255n))
  return Uint8Array.from([...signature.subarray(0, 32), ...(littleEndian ? bytes : bytes.toReversed())])
}

test('a statement verifies under its key, and not under another', async () => {
  for (const by of [signer(1), es256Signer()]) {
    const statement = signed(by)
    verifySignature(statement, by.publicKey, port)
    await verifySignatureAsync(statement, by.publicKey, port)
  }
  assert.equal(
    codeOf(() => verifySignature(signed(signer(1)), signer(2).publicKey, port)),
    'wrong-signature',
  )
  await assert.rejects(verifySignatureAsync(signed(signer(1)), signer(2).publicKey, port), { code: 'wrong-signature' })
})

test('a key of the other algorithm is refused before any arithmetic', () => {
  assert.equal(
    codeOf(() => verifySignature(signed(signer(1)), es256Signer().publicKey, port)),
    'bad-key',
  )
})

test('the other s of an ES256 signature is refused as high-s', () => {
  const by = es256Signer()
  const statement = signed(by)
  const s = bigEndian(statement.signature.subarray(32))
  const high = { ...statement, signature: withS(statement.signature, N256 - s, false) }
  assert.equal(
    codeOf(() => verifySignature(high, by.publicKey, port)),
    'high-s',
  )
})

test('s outside its range is refused for both algorithms, and the bounds themselves are exact', () => {
  const zeros = new Uint8Array(64)
  const form = (alg: 'EdDSA' | 'ES256', s: bigint) =>
    codeOf(() => checkSignatureForm(alg, withS(zeros, s, alg === 'EdDSA')))
  assert.equal(form('EdDSA', L25519 - 1n), 'none')
  assert.equal(form('EdDSA', L25519), 'wrong-signature')
  assert.equal(form('ES256', N256 >> 1n), 'none')
  assert.equal(form('ES256', (N256 >> 1n) + 1n), 'high-s')
  assert.equal(form('ES256', N256 - 1n), 'high-s')
  assert.equal(form('ES256', N256), 'wrong-signature')
})

test('adding the group order to S of an Ed25519 signature does not make a second one', () => {
  const by = signer(1)
  const statement = signed(by)
  const s = bigEndian(statement.signature.subarray(32).toReversed()) + L25519
  const other = { ...statement, signature: withS(statement.signature, s, true) }
  assert.equal(
    codeOf(() => verifySignature(other, by.publicKey, port)),
    'wrong-signature',
  )
})
