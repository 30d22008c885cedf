import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair, sha256, treeHasher, verify } from '@comity/crypto'
import { cosignedAt, logSigner, logVkey, mlDsaKeyOf, origin, rootAt, witnessNames } from './cases/cast.fixture.ts'
import { openCheckpoint, signCheckpoint } from './checkpoint.ts'
import { cosignatureTime, cosigner } from './cosignature.ts'
import { ed25519Verifier } from './ed25519-note.ts'
import { LogError } from './errors.ts'
import { parseVerifierKey } from './note-key.ts'
import { formatSignatureLine } from './note.ts'
import { noteVerifier } from './quorum.ts'
import { mlDsaCosigner } from './subtree-cosignature.ts'
import { judgeAddCheckpoint } from './witness.ts'

const logKeys = [ed25519Verifier(parseVerifierKey(logVkey(origin), sha256), verify)]
const signed = (size: number, root = rootAt(size)): string =>
  signCheckpoint({ origin, size, root }, [logSigner(origin)])
const [name] = witnessNames
const algorithms = {
  ed25519: verify,
  mlDsa44: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
    verify('ML-DSA-44', key, message, signature),
}

test('a witness cosigns with both keys, here and on a thread, and its lines verify under their own times', async () => {
  const witnesses = [
    cosigner(name, generateKeyPair('EdDSA'), sha256),
    mlDsaCosigner(name, generateKeyPair('ML-DSA-44'), sha256),
  ]
  const note = signed(107)
  const text = note.slice(0, note.indexOf('\n\n') + 1)
  const verifiers = witnesses.flatMap((each) => noteVerifier(each, algorithms) ?? [])
  assert.equal(verifiers.length, 2)
  for (const lines of [
    witnesses.map((each) => each.cosign(text, cosignedAt)),
    await Promise.all(witnesses.map((each) => each.cosignAsync(text, cosignedAt))),
  ]) {
    const { cosigned } = openCheckpoint(note + lines.map(formatSignatureLine).join(''), origin, logKeys, verifiers)
    assert.deepEqual(cosigned.map(cosignatureTime), [cosignedAt, cosignedAt])
    assert.deepEqual(
      cosigned.map(({ signature }) => signature.length),
      [72, 2428],
    )
  }
})

test('a key without a thread of its own signs here', async () => {
  const witness = mlDsaCosigner(name, mlDsaKeyOf(name), sha256)
  const text = signed(3).split('\n\n')[0] + '\n'
  assert.deepEqual(await witness.cosignAsync(text, 5), witness.cosign(text, 5))
})

test('an ML-DSA-44 cosignature always says when, and is always of a checkpoint', () => {
  const witness = mlDsaCosigner(name, mlDsaKeyOf(name), sha256)
  const text = signed(3).split('\n\n')[0] + '\n'
  const hasCode = (code: string) => (error: unknown) => error instanceof LogError && error.code === code
  assert.throws(() => witness.cosign(text, 0), hasCode('malformed-cosignature'))
  assert.throws(() => witness.cosign(text, 1.5), hasCode('malformed-cosignature'))
  assert.throws(() => witness.cosign('no checkpoint\n', 1), hasCode('malformed-checkpoint'))
})

test('two roots for one size are proof of a fork, whatever old size the log names', () => {
  const last = { size: 107, root: rootAt(107) }
  const forged = signed(107, rootAt(106))
  const judge = (old: number) =>
    judgeAddCheckpoint(treeHasher, { old, proof: [], checkpoint: forged }, origin, logKeys, last)
  for (const [old, status] of [
    [107, 422],
    [0, 409],
    [50, 409],
  ] as const) {
    const decision = judge(old)
    assert.equal(decision.status, status)
    assert.ok('contradicts' in decision)
    assert.deepEqual(decision.contradicts?.checkpoint.root, rootAt(106))
  }
  const honest = judgeAddCheckpoint(treeHasher, { old: 0, proof: [], checkpoint: signed(107) }, origin, logKeys, last)
  assert.ok(honest.status === 409 && honest.contradicts === undefined)
  const larger = judgeAddCheckpoint(treeHasher, { old: 107, proof: [], checkpoint: signed(108) }, origin, logKeys, last)
  assert.ok(larger.status === 422 && larger.contradicts === undefined)
})
