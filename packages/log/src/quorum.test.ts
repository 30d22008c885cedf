import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, sign, verify as nodeVerify } from 'node:crypto'
import { test } from 'node:test'
import { sha256, verify } from '@comity/crypto'
import { concatBytes, utf8 } from './bytes.ts'
import {
  cosignedAt,
  logSigner,
  logVkey,
  origin,
  otherOrigin,
  rootAt,
  witnessCosigner,
  witnessNames,
  witnessVkey,
} from './cases/cast.fixture.ts'
import { formatCheckpoint, signCheckpoint } from './checkpoint.ts'
import { timestampBytes } from './cosignature.ts'
import { LogError } from './errors.ts'
import { formatSignatureLine } from './note.ts'
import { formatVerifierKey, noteType, verifierKey } from './note-key.ts'
import { confirmCheckpoint, noteVerifier, requireQuorum, witnessVerifiers } from './quorum.ts'
import { subtreeCosignatureMessage, type VerifyMlDsa } from './subtree-cosignature.ts'
import { parseTlogPolicy } from './tlog-policy.ts'

const checkpoint = { origin, size: 107, root: rootAt(107) }
const text = formatCheckpoint(checkpoint)
const signed = signCheckpoint(checkpoint, [logSigner(origin)])
const [w1, w2, w3] = witnessNames
const cosign = (...names: string[]): string =>
  signed + names.map((name) => formatSignatureLine(witnessCosigner(name).cosign(text, cosignedAt))).join('')
const hasCode = (code: string) => (error: unknown) => error instanceof LogError && error.code === code

const policy = parseTlogPolicy(
  `log ${logVkey(origin)}
witness a ${witnessVkey(w1)}
witness b ${witnessVkey(w2)}
witness c ${witnessVkey(w3)}
group two 2 a b c
quorum two
`,
  sha256,
)

test('a checkpoint is confirmed when the witnesses that the policy demands have cosigned it', () => {
  const confirmed = confirmCheckpoint(cosign(w1, w3), origin, policy, { ed25519: verify })
  assert.deepEqual([...confirmed.witnesses], ['a', 'c'])
  assert.equal(confirmed.checkpoint.size, 107)
})

test('one witness twice is one witness', () => {
  assert.throws(() => confirmCheckpoint(cosign(w1, w1), origin, policy, { ed25519: verify }), hasCode('quorum-not-met'))
})

test('a log that the policy does not list is refused, unless its keys are given', () => {
  const open = parseTlogPolicy('quorum none\n', sha256)
  assert.throws(() => confirmCheckpoint(signed, origin, open, { ed25519: verify }), hasCode('signature-missing'))
  assert.throws(() => confirmCheckpoint(signed, otherOrigin, policy, { ed25519: verify }), hasCode('wrong-origin'))
  const key = noteVerifier(policy.logs[0]?.key ?? assert.fail(), { ed25519: verify }) ?? assert.fail()
  assert.equal(confirmCheckpoint(signed, origin, open, { ed25519: verify }, [key]).witnesses.size, 0)
})

test('a listed log may not sign for the origin of another', () => {
  const forged = signCheckpoint(checkpoint, [logSigner(otherOrigin)])
  const both = parseTlogPolicy(`log ${logVkey(origin)}\nlog ${logVkey(otherOrigin)}\nquorum none\n`, sha256)
  assert.throws(() => confirmCheckpoint(forged, origin, both, { ed25519: verify }), hasCode('signature-missing'))
})

test('ML-DSA-44 cosignatures name the cosigner and count towards a quorum', () => {
  const pair = generateKeyPairSync('ml-dsa-44')
  const publicKey = new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-1312))
  const key = verifierKey('witness.example.org/pq', noteType.mlDsa44, publicKey, sha256)
  const message = subtreeCosignatureMessage({
    cosigner: key.name,
    timestamp: cosignedAt,
    origin,
    start: 0,
    end: checkpoint.size,
    hash: checkpoint.root,
  })
  const name = utf8(key.name)
  assert.deepEqual(
    message,
    concatBytes(
      utf8('subtree/v1\n\0'),
      Uint8Array.of(name.length),
      name,
      timestampBytes(cosignedAt),
      Uint8Array.of(origin.length),
      utf8(origin),
      timestampBytes(0),
      timestampBytes(107),
      checkpoint.root,
    ),
  )
  const signature = concatBytes(timestampBytes(cosignedAt), sign(null, message, pair.privateKey))
  const note = signed + formatSignatureLine({ name: key.name, keyId: key.keyId, signature })
  const pq = parseTlogPolicy(`log ${logVkey(origin)}\nwitness pq ${formatVerifierKey(key)}\nquorum pq\n`, sha256)
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' })
  const mlDsa44: VerifyMlDsa = (raw, message, signature) => {
    const der = Buffer.concat([spki.subarray(0, -1312), raw])
    return nodeVerify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature)
  }
  assert.deepEqual([...confirmCheckpoint(note, origin, pq, { ed25519: verify, mlDsa44 }).witnesses], ['pq'])
  // Without the algorithm the key counts as not there: unknown, not wrong.
  assert.throws(() => confirmCheckpoint(note, origin, pq, { ed25519: verify }), hasCode('quorum-not-met'))
  assert.equal(witnessVerifiers(pq, { ed25519: verify }).length, 0)
  const changed = note.replace('107', '108')
  assert.throws(
    () => confirmCheckpoint(changed, origin, pq, { ed25519: verify, mlDsa44 }),
    hasCode('signature-invalid'),
  )
})

test('a subtree that does not start at 0 has no time', () => {
  const statement = { cosigner: 'w', timestamp: 1, origin, start: 8, end: 13, hash: new Uint8Array(32) }
  assert.throws(() => subtreeCosignatureMessage(statement), hasCode('malformed-cosignature'))
  assert.equal(
    subtreeCosignatureMessage({ ...statement, timestamp: 0 }).length,
    12 + 2 + 8 + 1 + origin.length + 16 + 32,
  )
  assert.throws(
    () => subtreeCosignatureMessage({ ...statement, timestamp: 0, cosigner: '' }),
    hasCode('malformed-cosignature'),
  )
})

test('cosignatures are counted by key, not by name', () => {
  const names = requireQuorum([], parseTlogPolicy(`witness a ${witnessVkey(w1)}\nquorum none\n`, sha256))
  assert.equal(names.size, 0)
  const impostor = { name: w1, keyId: 1, signature: new Uint8Array(72) }
  assert.throws(() => requireQuorum([impostor, { ...impostor, name: w2 }], policy), hasCode('quorum-not-met'))
})
