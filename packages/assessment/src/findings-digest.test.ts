import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { treeHasherOf } from '@comity/log'
import * as fc from 'fast-check'
import { type PartyFindings, partyFindingsBytes } from './finding.ts'
import { findingsDigest, findingsLeaf, findingsRoot } from './findings-digest.ts'

const sha256 = (data: Uint8Array): Uint8Array => createHash('sha256').update(data).digest()
const hasher = treeHasherOf(sha256)

/** RFC 9162, section 2.1.1, word for word: split at the largest power of two below the size. */
function rootByDefinition(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only === undefined) return sha256(new Uint8Array())
  if (leaves.length === 1) return only
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return hasher.node(rootByDefinition(leaves.slice(0, split)), rootByDefinition(leaves.slice(split)))
}

const first: PartyFindings = { party: 'urn:comity:party:1', findings: [] }
const second: PartyFindings = {
  party: 'urn:comity:party:2',
  findings: [{ provision: 'code-c', level: 'silent', flags: [], cites: [] }],
}

test('findings-digest-is-the-rfc-9162-root for any number of parties', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 70 }), (leaves) => {
      assert.equal(findingsRoot(leaves, hasher), `sha256:${Buffer.from(rootByDefinition(leaves)).toString('hex')}`)
    }),
  )
})

test('the digest of no findings is that of the empty tree', () => {
  const emptyTree = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  assert.equal(findingsDigest([], hasher), emptyTree)
})

test('a leaf is over the canonical JSON of one party’s findings', () => {
  const json =
    '{"findings":[{"cites":[],"flags":[],"level":"silent","provision":"code-c"}],"party":"urn:comity:party:2"}'
  assert.equal(Buffer.from(partyFindingsBytes(second)).toString(), json)
  assert.deepEqual(
    Buffer.from(findingsLeaf(second, hasher)).toString('hex'),
    createHash('sha256').update('\0').update(json).digest('hex'),
  )
})

test('leaves kept from an earlier run give the same digest as the findings themselves', () => {
  const leaves = [first, second].map((each) => findingsLeaf(each, hasher))
  assert.equal(findingsRoot(leaves, hasher), findingsDigest([first, second], hasher))
})

test('findings out of order, or of one party twice, are refused', () => {
  assert.throws(() => findingsDigest([second, first], hasher), { code: 'out-of-order' })
  assert.throws(() => findingsDigest([first, first], hasher), { code: 'out-of-order' })
})
