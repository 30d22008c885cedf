import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '@comity/crypto'
import {
  cosigner,
  formatNote,
  formatTlogProof,
  formatVerifierKey,
  noteType,
  parseNote,
  signNote,
  verifierKey,
} from '@comity/log'
import { attachReceipts, signStatement } from '@comity/statement'
import { actor, keyFor } from '@comity/testkit'
import fc from 'fast-check'
import { flip, folder, home, start, storyNode } from './log.fixture.ts'
import type { FileVerification } from './verification.ts'
import { verificationSummary } from './verification-summary.ts'
import { verifyFile } from './verify-file.ts'

const outcomes = ({ steps }: FileVerification) => steps.map(({ check, outcome }) => `${check} ${outcome}`)
const codes = ({ steps }: FileVerification) => steps.flatMap(({ code }) => (code === undefined ? [] : [code]))

const provider = actor('provider', home.origin)
const keeperParty = home.founding(start)
const parties = [keeperParty, provider.founding(start)]

function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  flip(at)(copy)
  return copy
}

test('a first party statement vouches for itself', () => {
  const found = verifyFile(provider.founding(start))
  assert.equal(found.kind, 'statement')
  assert.equal(found.verdict, 'right')
  assert.equal(found.about['issuer'], provider.urn)
  assert.deepEqual(outcomes(found), [
    'form right',
    'payload right',
    'name right',
    'signature right',
    'authority beyond',
  ])
})

test('a statement is verified with the party statement of its issuer, and said to lack it without', () => {
  const bytes = provider.sign('support', 'urn:comity:instrument:gids', {}, start)
  const alone = verifyFile(bytes)
  assert.equal(alone.verdict, 'incomplete')
  assert.ok(outcomes(alone).includes('signature unchecked'))
  const found = verifyFile(bytes, { parties })
  assert.equal(found.verdict, 'right')
  assert.match(found.restsOn[0] ?? '', new RegExp(provider.urn))
  assert.deepEqual(codes(verifyFile(damaged(bytes, -1), { parties })), ['wrong-signature'])
})

test('a statement in another party’s name is wrong, whoever signed it', () => {
  const stranger = actor('stranger', home.origin)
  const { signer } = stranger
  const bytes = signStatement({
    kind: 'support',
    iss: provider.urn,
    sub: 'urn:comity:instrument:gids',
    iat: start,
    payload: {},
    signer,
  })
  assert.deepEqual(codes(verifyFile(bytes, { parties: [...parties, stranger.founding(start)] })), ['wrong-party'])
})

test('a statement with receipts shows where it stands in which log', async (context) => {
  const { node, advisory } = await storyNode(folder(context))
  const receipt = advisory.receipt()
  const transparent = attachReceipts(advisory.statement.leaf, [receipt])
  const found = verifyFile(transparent, { parties })
  assert.equal(found.kind, 'transparent-statement')
  assert.equal(found.verdict, 'right')
  assert.ok(
    found.steps.some(
      ({ check, says }) => check === 'receipt' && says.startsWith(`entry ${advisory.index} of ${home.origin}`),
    ),
  )
  assert.equal(verifyFile(transparent, { parties: parties.slice(1) }).verdict, 'incomplete')
  const wrong = attachReceipts(advisory.statement.leaf, [damaged(receipt, -1)])
  assert.deepEqual(codes(verifyFile(wrong, { parties })), ['wrong-signature'])
  const alone = verifyFile(receipt, { parties })
  assert.equal(alone.kind, 'receipt')
  assert.equal(alone.verdict, 'incomplete')
  assert.equal(verifyFile(receipt, { parties, subject: advisory.statement.leaf }).verdict, 'right')
  assert.deepEqual(codes(verifyFile(receipt, { parties, subject: keeperParty })), ['wrong-signature'])
  await node.close()
})

test('a checkpoint is verified with a log key or the keeper’s statement, and against a trust policy', async (context) => {
  const { node } = await storyNode(folder(context))
  const bytes = Buffer.from(node.head.note)
  assert.equal(verifyFile(bytes).verdict, 'incomplete')
  assert.equal(verifyFile(bytes, { parties }).verdict, 'right')
  const vkey = formatVerifierKey(verifierKey(home.origin, noteType.ed25519, home.keys.log.publicKey, sha256))
  assert.equal(verifyFile(bytes, { logKeys: [vkey] }).verdict, 'right')
  assert.equal(verifyFile(damaged(bytes, -8), { parties }).verdict, 'wrong')
  const witnessKey = formatVerifierKey(
    verifierKey('w.example.org', noteType.cosignature, keyFor('witness').publicKey, sha256),
  )
  const trust = `witness w ${witnessKey}\nquorum w\n`
  assert.deepEqual(codes(verifyFile(bytes, { parties, trust })), ['quorum-not-met'])
  const note = parseNote(bytes)
  const line = cosigner('w.example.org', keyFor('witness'), sha256).cosign(note.text, start)
  const cosigned = Buffer.from(formatNote({ text: note.text, signatures: [...note.signatures, line] }))
  const found = verifyFile(cosigned, { parties, trust })
  assert.equal(found.kind, 'checkpoint')
  assert.equal(found.verdict, 'right')
  assert.deepEqual(outcomes(found), [
    'form right',
    'log-signature right',
    'cosignature right',
    'quorum right',
    'one-log beyond',
  ])
  await node.close()
})

test('an offline proof is verified with its statement', async (context) => {
  const { node, advisory } = await storyNode(folder(context))
  const { index, statement } = advisory
  const text = formatTlogProof({ index, proof: node.ledger.tree.inclusionProof(index), checkpoint: node.head.note })
  const bytes = Buffer.from(text)
  assert.equal(verifyFile(bytes, { parties }).verdict, 'incomplete')
  const found = verifyFile(bytes, { parties, subject: statement.leaf })
  assert.equal(found.kind, 'tlog-proof')
  assert.equal(found.verdict, 'right')
  assert.equal(verifyFile(bytes, { parties, subject: keeperParty }).verdict, 'wrong')
  await node.close()
})

test('a signed note that is no checkpoint is one all the same', () => {
  const key = keyFor('audited keeper log')
  const note = signNote('hello\n', [{ name: home.origin, keyId: 7, sign: (text) => key.sign(text) }])
  const found = verifyFile(Buffer.from(note), { parties })
  assert.equal(found.kind, 'note')
  assert.equal(found.verdict, 'incomplete')
})

test('options that cannot be used are refused', () => {
  const bytes = provider.founding(start)
  for (const options of [
    { logKeys: ['x'] },
    { trust: 'x' },
    { parties: [bytes.subarray(1)] },
    { parties: [damaged(bytes, -1)] },
  ]) {
    assert.throws(() => verifyFile(bytes, options), { code: 'bad-option' })
  }
})

test('whatever the bytes, there is a result, and what is changed is never right', () => {
  const bytes = provider.sign('support', 'urn:comity:instrument:gids', {}, start)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => verifyFile(noise).verdict !== 'right'))
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const copy = Uint8Array.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ change
      return verifyFile(copy, { parties }).verdict !== 'right'
    }),
  )
})

test('the summary of a verification has at most 80 columns', async (context) => {
  const { node, advisory } = await storyNode(folder(context))
  const transparent = attachReceipts(advisory.statement.leaf, [advisory.receipt()])
  for (const found of [
    verifyFile(transparent, { parties }),
    verifyFile(transparent),
    verifyFile(Buffer.from('nonsense')),
  ]) {
    const text = verificationSummary(found)
    for (const line of text.split('\n')) assert.ok([...line].length <= 80, line)
  }
  assert.match(verificationSummary(verifyFile(transparent, { parties })), /^RIGHT:/)
  await node.close()
})
