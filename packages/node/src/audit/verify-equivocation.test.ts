import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256, treeHasher } from '@comity/crypto'
import {
  Tree,
  equivocationProof,
  formatCheckpoint,
  formatVerifierKey,
  memoryHashStorage,
  noteType,
  verifierKey,
} from '@comity/log'
import { keeper } from '@comity/testkit'
import { verificationSummary } from './verification-summary.ts'
import { verifyFile } from './verify-file.ts'

const home = keeper('equivocating')
const { origin } = home
const logKey = formatVerifierKey(verifierKey(origin, noteType.ed25519, home.keys.log.publicKey, sha256))

function treeOf(word: string): Tree {
  const tree = Tree.open(treeHasher, memoryHashStorage(), 0)
  for (let i = 0; i < 20; i++) tree.append(treeHasher.leaf(Buffer.from(i < 10 ? `entry ${i}` : `${word} ${i}`)))
  return tree
}

const noteOf = (tree: Tree, size: number): string =>
  home.keys.log.signNote(formatCheckpoint({ origin, size, root: tree.root(size) }))

const one = treeOf('one')
const other = treeOf('other')
const prefix = { root: other.root(15), proof: other.consistencyProof(15) }
const proof = equivocationProof([noteOf(one, 15), noteOf(other, 20)], prefix, { keys: [logKey], keeper: home.urn })
const file = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value, null, 2))
const told = (verification: ReturnType<typeof verifyFile>) =>
  verification.steps.map(({ check, outcome, code }) => `${check} ${outcome}${code === undefined ? '' : ` ${code}`}`)

test('comity verify shows that a log contradicted itself, under the keys of whoever verifies', () => {
  for (const options of [{ logKeys: [logKey] }, { parties: [home.founding(1_795_219_200)] }]) {
    const verification = verifyFile(file(proof), options)
    assert.equal(verification.kind, 'equivocation')
    assert.equal(verification.verdict, 'right')
    assert.deepEqual(told(verification), ['form right', 'equivocation right', 'log-signature right'])
    assert.match(verification.about['first'] ?? '', /^15 entries, root sha256:[0-9a-f]{64}$/)
    const summary = verificationSummary(verification)
    assert.match(summary, /proof that a log contradicted itself/)
    assert.ok(
      summary.split('\n').every((line) => line.length <= 80),
      summary,
    )
  }
})

test('keys that the file itself names are not believed', () => {
  const verification = verifyFile(file(proof))
  assert.equal(verification.verdict, 'incomplete')
  assert.deepEqual(told(verification), ['form right', 'equivocation right', 'log-signature unchecked'])
  const stranger = keeper('stranger to that log')
  const key = formatVerifierKey(verifierKey(origin, noteType.ed25519, stranger.keys.log.publicKey, sha256))
  const sign = (tree: Tree, size: number) =>
    stranger.keys.log
      .signNote(formatCheckpoint({ origin, size, root: tree.root(size) }))
      .replaceAll(stranger.origin, origin)
  const framed = equivocationProof([sign(one, 15), sign(other, 15)], undefined, { keys: [key] })
  assert.equal(verifyFile(file(framed), { logKeys: [logKey] }).verdict, 'wrong')
})

test('what proves nothing is wrong, and says why', () => {
  const options = { logKeys: [logKey] }
  const honest = equivocationProof([noteOf(one, 15), noteOf(one, 20)], {
    root: one.root(15),
    proof: one.consistencyProof(15),
  })
  assert.deepEqual(told(verifyFile(file(honest), options)), ['form right', 'equivocation wrong proof-invalid'])
  assert.deepEqual(told(verifyFile(file({ ...proof, more: 1 }), options)), ['form wrong malformed-proof'])
  const { prefix: _, ...bare } = proof
  assert.deepEqual(told(verifyFile(file(bare), options)), ['form right', 'equivocation wrong proof-invalid'])
  const unsigned = { ...proof, first: proof.first.replace('\n15\n', '\n14\n') }
  assert.deepEqual(told(verifyFile(file(unsigned), options)), ['form right', 'log-signature wrong signature-invalid'])
})
