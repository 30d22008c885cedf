import { readSign1, writeSign1 } from '../cose-sign1.ts'
import { toHex } from '../hex.ts'
import { attachReceipt } from '../receipts/attach.ts'
import {
  type ConsistencyProof,
  encodeConsistencyReceipt,
  encodeReceipt,
  type InclusionProof,
  signRoot,
} from '../receipts/encode.ts'
import { signStatement } from '../sign-statement.ts'
import { port } from '../signers.fixture.ts'
import { decodeStatement } from '../statement.ts'
import { AT, ed25519, es256, from, ISS, treeOver } from './material.fixture.ts'

const statements = Array.from({ length: 7 }, (_, i) => {
  const sub = `urn:comity:statement:${i.toString(16).padStart(64, '0')}`
  return signStatement({ kind: 'approval', iss: ISS, sub, iat: AT + i, payload: {}, signer: ed25519 })
})
const leaves = statements.map((bytes) => decodeStatement(bytes, port).leaf)
const claims = { iss: ISS, origin: 'log.north.invalid', iat: AT + 60 }

const tree = treeOver(leaves)
const rootOf = (by = ed25519, size = 7) => signRoot(by, claims, tree.root(size))
const proofOf = (index: number, size = 7): InclusionProof => ({ size, index, path: tree.inclusionProof(index, size) })

const leafAt = (index: number): string => toHex(leaves[index] ?? new Uint8Array())

function holds(name: string, index: number, size: number, by = ed25519) {
  const receipt = encodeReceipt(rootOf(by, size), proofOf(index, size))
  return {
    name,
    type: 'inclusion',
    receipt: toHex(receipt),
    leaf: leafAt(index),
    jwk: by.jwk,
    size,
    index,
    root: toHex(tree.root(size)),
  }
}

function fails(name: string, code: string, receipt: Uint8Array, index: number) {
  return { name, type: 'inclusion', code, receipt: toHex(receipt), leaf: leafAt(index), jwk: ed25519.jwk }
}

const between = (from: number): ConsistencyProof => ({ from, to: 7, path: tree.consistencyProof(from) })

function extends_(name: string, from: number, detached = false) {
  const attached = encodeConsistencyReceipt(rootOf(), between(from), tree.root())
  const { protectedBytes, unprotectedBytes, signature } = readSign1(attached)
  const receipt = detached ? writeSign1(protectedBytes, undefined, signature, unprotectedBytes) : attached
  const newer = detached ? { newerRoot: toHex(tree.root()) } : {}
  const root = toHex(tree.root())
  return {
    name,
    type: 'consistency',
    receipt: toHex(receipt),
    olderRoot: toHex(tree.root(from)),
    ...newer,
    jwk: ed25519.jwk,
    from,
    to: 7,
    root,
  }
}

const good = encodeReceipt(rootOf(), proofOf(3))
const transparent = attachReceipt(statements[3] ?? new Uint8Array(), good, port)
const wrongProof = encodeReceipt(rootOf(), { ...proofOf(3), path: proofOf(3).path.slice(1) })

export const receipts = {
  about: 'RFC 9942: receipts of inclusion and of consistency over a log of seven statements, valid and not',
  from,
  transparent: toHex(transparent),
  cases: [
    holds('the only entry: empty path', 0, 1),
    holds('first of seven', 0, 7),
    holds('fourth of seven', 3, 7),
    holds('last of seven', 6, 7),
    holds('signed with ES256', 5, 7, es256),
    extends_('from 1 to 7', 1),
    extends_('from 4 to 7', 4),
    extends_('from 6 to 7, root detached', 6, true),
    fails('receipt of another entry', 'wrong-signature', good, 4),
    fails('root of another size', 'wrong-signature', encodeReceipt(rootOf(ed25519, 6), proofOf(3)), 3),
    fails('signed with a key of the other algorithm', 'bad-key', encodeReceipt(rootOf(es256), proofOf(3)), 3),
    fails('path too short', 'bad-receipt', wrongProof, 3),
    fails('index outside the tree', 'bad-receipt', encodeReceipt(rootOf(), { ...proofOf(3), index: 7 }), 3),
    fails('receipt of consistency', 'bad-receipt', encodeConsistencyReceipt(rootOf(), between(4), tree.root()), 3),
    fails('no tag', 'bad-receipt', good.subarray(1), 3),
    fails('truncated', 'bad-receipt', good.subarray(0, -1), 3),
  ],
}
