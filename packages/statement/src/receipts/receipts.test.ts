import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryHashStorage, Tree, treeHasherOf } from '@comity/log'
import * as fc from 'fast-check'
import { encodeCbor } from '../cbor-value.ts'
import { readSign1, writeSign1 } from '../cose-sign1.ts'
import { fromHex } from '../hex.ts'
import { signStatement } from '../sign-statement.ts'
import { codeOf, es256Signer, port, signer } from '../signers.fixture.ts'
import { decodeStatement } from '../statement.ts'
import { attachReceipt } from './attach.ts'
import { decodeReceipt } from './decode.ts'
import { encodeConsistencyReceipt, encodeReceipt, signRoot } from './encode.ts'
import { verifyConsistencyReceipt, verifyReceipt } from './verify.ts'

const hasher = treeHasherOf((data) => port.sha256(data))
const KEEPER = `urn:comity:party:${'a1'.repeat(32)}`
const claims = { iss: KEEPER, origin: 'log.north.invalid', iat: 1_795_219_200 }
const by = signer(9)
const leafOf = (index: number) => new TextEncoder().encode(`entry ${index}`)

function treeOf(size: number): Tree {
  const tree = Tree.open(hasher, memoryHashStorage(), 0)
  for (let i = 0; i < size; i++) tree.append(hasher.leaf(leafOf(i)))
  return tree
}

function receiptFor(tree: Tree, index: number): Uint8Array {
  return encodeReceipt(signRoot(by, claims, tree.root()), { size: tree.size, index, path: tree.inclusionProof(index) })
}

test('every-entry-has-a-receipt: in trees of every small size, of one signature per tree', () => {
  for (const size of [1, 2, 3, 7, 8, 9, 20]) {
    const tree = treeOf(size)
    const root = signRoot(by, claims, tree.root())
    for (let index = 0; index < size; index++) {
      const receipt = encodeReceipt(root, { size, index, path: tree.inclusionProof(index) })
      const verified = verifyReceipt(receipt, leafOf(index), by.publicKey, port)
      assert.deepEqual(verified.root, tree.root())
      assert.deepEqual([verified.size, verified.index], [size, index])
      assert.deepEqual(verified.receipt.signature, root.signature)
    }
  }
})

test('a receipt says who keeps which log and when, and is deterministic CBOR', () => {
  const tree = treeOf(5)
  const bytes = receiptFor(tree, 3)
  const receipt = decodeReceipt(bytes)
  assert.deepEqual([receipt.iss, receipt.origin, receipt.iat], [KEEPER, 'log.north.invalid', 1_795_219_200])
  assert.equal(receipt.kidHex, by.kidHex)
  assert.equal(receipt.root, undefined)
  const path = tree.inclusionProof(3)
  const unprotected = new Map([[396, new Map([[-1, [encodeCbor([5, 3, path])]]])]])
  assert.deepEqual(bytes, writeSign1(receipt.protectedBytes, undefined, receipt.signature, encodeCbor(unprotected)))
})

test('a tree of one entry has a receipt with an empty path', () => {
  const receipt = receiptFor(treeOf(1), 0)
  const { proof } = decodeReceipt(receipt)
  assert.deepEqual(proof, { type: 'inclusion', size: 1, index: 0, path: [] })
  verifyReceipt(receipt, leafOf(0), by.publicKey, port)
})

test('a receipt does not hold for another entry, key, or tree', () => {
  const tree = treeOf(7)
  const receipt = receiptFor(tree, 2)
  const code = (f: () => unknown) => codeOf(f)
  assert.equal(
    code(() => verifyReceipt(receipt, leafOf(3), by.publicKey, port)),
    'wrong-signature',
  )
  assert.equal(
    code(() => verifyReceipt(receipt, leafOf(2), signer(8).publicKey, port)),
    'wrong-signature',
  )
  assert.equal(
    code(() => verifyReceipt(receipt, leafOf(2), es256Signer().publicKey, port)),
    'bad-key',
  )
  const other = encodeReceipt(signRoot(by, claims, treeOf(8).root()), {
    size: 7,
    index: 2,
    path: tree.inclusionProof(2),
  })
  assert.equal(
    code(() => verifyReceipt(other, leafOf(2), by.publicKey, port)),
    'wrong-signature',
  )
  const short = encodeReceipt(signRoot(by, claims, tree.root()), {
    size: 7,
    index: 2,
    path: tree.inclusionProof(2).slice(1),
  })
  assert.equal(
    code(() => verifyReceipt(short, leafOf(2), by.publicKey, port)),
    'bad-receipt',
  )
  const outside = encodeReceipt(signRoot(by, claims, tree.root()), { size: 7, index: 7, path: [] })
  assert.equal(
    code(() => verifyReceipt(outside, leafOf(2), by.publicKey, port)),
    'bad-receipt',
  )
})

test('ES256 receipts verify too', () => {
  const es256 = es256Signer()
  const tree = treeOf(4)
  const receipt = encodeReceipt(signRoot(es256, claims, tree.root()), {
    size: 4,
    index: 1,
    path: tree.inclusionProof(1),
  })
  verifyReceipt(receipt, leafOf(1), es256.publicKey, port)
})

test('an attached root must be the one the path leads to', () => {
  const tree = treeOf(6)
  const { protectedBytes, unprotectedBytes, signature } = readSign1(receiptFor(tree, 5))
  const attached = (root: Uint8Array) => writeSign1(protectedBytes, root, signature, unprotectedBytes)
  verifyReceipt(attached(tree.root()), leafOf(5), by.publicKey, port)
  assert.equal(
    codeOf(() => verifyReceipt(attached(new Uint8Array(32)), leafOf(5), by.publicKey, port)),
    'bad-receipt',
  )
})

test('a receipt of consistency holds from a root one knows, attached or detached', () => {
  const tree = treeOf(13)
  const root = signRoot(by, claims, tree.root())
  for (const from of [1, 4, 8, 12, 13]) {
    const proof = { from, to: 13, path: tree.consistencyProof(from) }
    const receipt = encodeConsistencyReceipt(root, proof, tree.root())
    const older = tree.root(from)
    assert.deepEqual(verifyConsistencyReceipt(receipt, { from: older }, by.publicKey, port).root, tree.root())
    const sign1 = readSign1(receipt)
    const detached = writeSign1(sign1.protectedBytes, undefined, sign1.signature, sign1.unprotectedBytes)
    verifyConsistencyReceipt(detached, { from: older, to: tree.root() }, by.publicKey, port)
    const refused = (roots: { from: Uint8Array; to?: Uint8Array }, bytes = receipt) =>
      codeOf(() => verifyConsistencyReceipt(bytes, roots, by.publicKey, port))
    assert.equal(refused({ from: older }, detached), 'bad-receipt')
    assert.equal(refused({ from: new Uint8Array(32) }), 'bad-receipt')
    assert.equal(refused({ from: older, to: new Uint8Array(32) }), 'bad-receipt')
  }
})

test('one kind of receipt is not taken for the other', () => {
  const tree = treeOf(5)
  const root = signRoot(by, claims, tree.root())
  const consistency = encodeConsistencyReceipt(root, { from: 3, to: 5, path: tree.consistencyProof(3) }, tree.root())
  assert.equal(
    codeOf(() => verifyReceipt(consistency, leafOf(1), by.publicKey, port)),
    'bad-receipt',
  )
  const inclusion = receiptFor(tree, 1)
  assert.equal(
    codeOf(() => verifyConsistencyReceipt(inclusion, { from: tree.root(3) }, by.publicKey, port)),
    'bad-receipt',
  )
})

test('receipts of another service, with unsorted headers and no sub, are read', () => {
  // inclusion-receipt.cbor of cose-wg/draft-ietf-cose-merkle-tree-proofs, the examples of RFC 9942
  const bytes = fromHex(
    'd2845840a40126044a746573742d6b65792d3119018b010fa101782868747470733a2f2f7472616e73706172656e63792d73657276' +
      '6963652e6578616d706c652e636f6da119018ca12081586a8305038358203d06455dd33da4e9bbd8090677a2d0955e6dffe4b920' +
      '69605a468920d1198095582033a5211719e06238a191c7244a7633187da2c9aaa5bc6dec54e2cbb49825543458204d75742d9ea0' +
      '2f7767dcd554a7878ff22cdb208be9f3d35f7aa7700b57e741c0f6584034e81008fb0e4e521657668745450df608d0e5c015dffc' +
      '5d607dd78236c2908f4e2b643817d9191d0abd7c074aff2b1bfda519ab3fab210ff2e0a1de275de6a7',
  )
  assert.ok(bytes)
  const receipt = decodeReceipt(bytes)
  assert.equal(receipt.alg, 'ES256')
  assert.equal(receipt.iss, 'https://transparency-service.example.com')
  assert.deepEqual([receipt.origin, receipt.iat], [undefined, undefined])
  assert.ok(receipt.proof.type === 'inclusion')
  assert.deepEqual([receipt.proof.size, receipt.proof.index, receipt.proof.path.length], [5, 3, 3])
})

test('a receipt attached to a statement is found there, once', () => {
  const statement = signStatement({
    kind: 'approval',
    iss: KEEPER,
    sub: `urn:comity:statement:${'5e'.repeat(32)}`,
    iat: 1,
    payload: {},
    signer: by,
  })
  const tree = Tree.open(hasher, memoryHashStorage(), 0)
  const { leaf } = decodeStatement(statement, port)
  tree.append(hasher.leaf(leaf))
  const receipt = receiptFor(tree, 0)
  const transparent = attachReceipt(attachReceipt(statement, receipt, port), receipt, port)
  const decoded = decodeStatement(transparent, port)
  assert.deepEqual(decoded.receipts, [receipt])
  verifyReceipt(decoded.receipts[0] ?? assert.fail(), decoded.leaf, by.publicKey, port)
  let many = statement
  for (let i = 0; i < 8; i++) many = attachReceipt(many, Uint8Array.of(i), port)
  assert.equal(
    codeOf(() => attachReceipt(many, Uint8Array.of(9), port)),
    'bad-receipt',
  )
})

test('malformed receipts have one code, whatever is wrong', () => {
  const good = readSign1(receiptFor(treeOf(5), 3))
  const withProofs = (proofs: unknown) =>
    writeSign1(good.protectedBytes, undefined, good.signature, encodeCbor(new Map([[396, proofs]])))
  const proof = (value: unknown) => withProofs(new Map([[-1, [encodeCbor(value)]]]))
  const header = (entries: readonly (readonly [number, unknown])[]) =>
    writeSign1(encodeCbor(new Map(entries)), undefined, good.signature, good.unprotectedBytes)
  const hash = new Uint8Array(32)
  const cases: readonly Uint8Array[] = [
    new Uint8Array(),
    new Uint8Array(20_000),
    receiptFor(treeOf(5), 3).subarray(1),
    withProofs(1),
    withProofs(new Map()),
    withProofs(new Map([[-1, []]])),
    withProofs(
      new Map([
        [-1, [encodeCbor([5, 3, []])]],
        [-2, [encodeCbor([5, 3, []])]],
      ]),
    ),
    withProofs(new Map([[-1, [encodeCbor([5, 3, []]), encodeCbor([5, 3, []])]]])),
    proof([5, 3]),
    proof([-5, 3, []]),
    proof([5, 5, []]),
    proof([5, 3, 7]),
    proof([5, 3, [hash.subarray(1)]]),
    proof([5, 3, Array.from({ length: 65 }, () => hash)]),
    header([[1, -8]]),
    header([
      [1, -8],
      [395, 2],
    ]),
    header([
      [1, -8],
      [4, 'kid'],
      [395, 1],
    ]),
    header([
      [1, -8],
      [15, new Map([[1, 7]])],
      [395, 1],
    ]),
    writeSign1(good.protectedBytes, hash.subarray(1), good.signature, good.unprotectedBytes),
    writeSign1(good.protectedBytes, undefined, good.signature),
  ]
  for (const [i, bytes] of cases.entries())
    assert.equal(
      codeOf(() => decodeReceipt(bytes)),
      'bad-receipt',
      String(i),
    )
  assert.equal(
    codeOf(() =>
      decodeReceipt(
        header([
          [1, -37],
          [395, 1],
        ]),
      ),
    ),
    'unknown-algorithm',
  )
})

test('any-bytes: a damaged receipt never verifies with another result, and never crashes', () => {
  const tree = treeOf(11)
  const receipt = receiptFor(tree, 6)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => void codeOf(() => decodeReceipt(bytes))),
    { numRuns: 1000 },
  )
  fc.assert(
    fc.property(fc.nat(receipt.length - 1), fc.nat(255), fc.nat(receipt.length), (at, byte, length) => {
      const damaged = Uint8Array.from(receipt, (old, i) => (i === at ? byte : old))
      codeOf(() => decodeReceipt(damaged.subarray(0, length)))
      const code = codeOf(() => {
        const verified = verifyReceipt(damaged, leafOf(6), by.publicKey, port)
        assert.deepEqual(verified.root, tree.root())
      })
      // Only the size may change under a receipt that still holds: it is not signed (RFC 9942)
      if (code === 'none' && receipt[at] !== byte) assert.notEqual(decodeReceipt(damaged).proof, undefined)
    }),
    { numRuns: 400 },
  )
})
