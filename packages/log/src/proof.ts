import { equalBytes } from './bytes.ts'
import { isCount } from './decimal.ts'
import { LogError } from './errors.ts'
import { emptyRoot, requireHash, type TreeHasher } from './hasher.ts'
import { isSubtree } from './subtree.ts'

/** What an inclusion proof claims: the entry with this leaf hash is at `index` of the tree. */
export interface InclusionClaim {
  readonly index: number
  readonly size: number
  readonly leafHash: Uint8Array
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** What a consistency proof claims: the tree of size `from` is a prefix of the tree of size `to`. */
export interface ConsistencyClaim {
  readonly from: number
  readonly to: number
  readonly fromRoot: Uint8Array
  readonly toRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** As `InclusionClaim`, in the subtree over `[start, end)`; `index` counts from the start of the log. */
export interface SubtreeInclusionClaim {
  readonly index: number
  readonly start: number
  readonly end: number
  readonly leafHash: Uint8Array
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** The subtree over `[start, end)` has `subtreeRoot` in the tree of `size` entries with `root`. */
export interface SubtreeConsistencyClaim {
  readonly start: number
  readonly end: number
  readonly size: number
  readonly subtreeRoot: Uint8Array
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/**
 * The root that an inclusion proof leads to (RFC 9162 §2.1.3.2, without the last comparison).
 *
 * @throws LogError `out-of-range` if there is no such entry, `proof-invalid` if the proof has the
 * wrong number of hashes, `malformed-hash`.
 */
export function rootFromInclusionProof(
  hasher: TreeHasher,
  claim: {
    readonly index: number
    readonly size: number
    readonly leafHash: Uint8Array
    readonly proof: readonly Uint8Array[]
  },
): Uint8Array {
  const { index, size, leafHash, proof } = claim
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new LogError('out-of-range', `no entry ${index} in a tree of ${size}: the index must be below the size`)
  }
  requireHash(leafHash, 'the leaf hash')
  // `node` is the position of our hash at the current height, `last` that of the rightmost node.
  let node = index
  let last = size - 1
  let hash = leafHash
  for (const sibling of proof) {
    requireHash(sibling, 'a hash of the inclusion proof')
    if (last === 0) throw new LogError('proof-invalid', `the inclusion proof is too long for entry ${index} of ${size}`)
    if (isRight(node) || node === last) {
      hash = hasher.node(sibling, hash)
      // A rightmost node without sibling is carried up unhashed until it is a right child.
      while (!isRight(node)) {
        node = up(node)
        last = up(last)
      }
    } else {
      hash = hasher.node(hash, sibling)
    }
    node = up(node)
    last = up(last)
  }
  if (last !== 0) throw new LogError('proof-invalid', `the inclusion proof is too short for entry ${index} of ${size}`)
  return hash
}

/**
 * Checks that an entry is in a tree (RFC 9162 §2.1.3.2).
 *
 * @throws LogError `proof-invalid` if it is not, or as `rootFromInclusionProof`.
 */
export function verifyInclusion(hasher: TreeHasher, claim: InclusionClaim): void {
  if (!equalBytes(rootFromInclusionProof(hasher, claim), claim.root)) {
    throw new LogError('proof-invalid', `the inclusion proof of entry ${claim.index} leads to another root`)
  }
}

/**
 * Checks that one tree is a prefix of another (RFC 9162 §2.1.4.2), with the same roots if the sizes
 * are equal.
 *
 * @throws LogError `out-of-range` unless 1 ≤ from ≤ to: the empty tree is a prefix of every tree,
 * so a proof from it would prove nothing; the caller decides what an unknown log means.
 * `proof-invalid` if the trees are not shown to be consistent.
 */
export function verifyConsistency(hasher: TreeHasher, claim: ConsistencyClaim): void {
  const { from, to, fromRoot, toRoot, proof } = claim
  if (!isCount(from) || !isCount(to) || from < 1 || from > to) {
    throw new LogError('out-of-range', `no consistency proof from size ${from} to ${to}: sizes must be 1 ≤ from ≤ to`)
  }
  verifySubtreeConsistency(hasher, { start: 0, end: from, size: to, subtreeRoot: fromRoot, root: toRoot, proof })
}

/**
 * Checks that an entry is in a subtree (draft-ietf-plants-merkle-tree-certs §4.3).
 *
 * @throws LogError `out-of-range` if the interval is no subtree or does not hold the entry, else as
 * `verifyInclusion`.
 */
export function verifySubtreeInclusion(hasher: TreeHasher, claim: SubtreeInclusionClaim): void {
  const { index, start, end, leafHash, root, proof } = claim
  if (!isSubtree(start, end) || !isCount(index) || index < start || index >= end) {
    throw new LogError('out-of-range', `[${start}, ${end}) is no subtree that holds entry ${index}`)
  }
  verifyInclusion(hasher, { index: index - start, size: end - start, leafHash, root, proof })
}

/**
 * Checks that a subtree is part of a tree (draft-ietf-plants-merkle-tree-certs §4.4). The proof is
 * folded twice at once: into the root of the subtree, from what lies inside, and into the root of
 * the tree, from everything.
 *
 * @throws LogError `out-of-range` if `[start, end)` is no subtree of a tree of that size,
 * `proof-invalid` if the proof does not show it, `malformed-hash`.
 */
export function verifySubtreeConsistency(hasher: TreeHasher, claim: SubtreeConsistencyClaim): void {
  const { start, end, size, subtreeRoot, root, proof } = claim
  if (!isCount(size) || !isSubtree(start, end) || end > size) {
    throw new LogError('out-of-range', `[${start}, ${end}) is no subtree of a tree of ${size} entries`)
  }
  // What is only compared may have any length: equal sizes ask for equal roots and nothing else.
  if (proof.length > 0) requireHash(subtreeRoot, 'the root of the smaller tree')
  for (const hash of proof) requireHash(hash, 'a hash of the consistency proof')
  if (start === end) {
    // Nothing is part of everything, whatever the tree.
    if (proof.length === 0 && equalBytes(subtreeRoot, emptyRoot())) return
    throw new LogError('proof-invalid', 'the empty subtree has the hash of nothing, and an empty proof')
  }
  // Positions, at the current height, of the subtree's first and last node and of the tree's last (its edge).
  let first = start
  let last = end - 1
  let edge = size - 1
  // Climb to the largest node that ends where the subtree ends and is a node of the tree too.
  while (first !== last && (last === edge || isRight(last))) {
    first = up(first)
    last = up(last)
    edge = up(edge)
  }
  // If that node is the whole subtree, the proof leaves it out: the verifier has it already.
  let next = 0
  let seed = subtreeRoot
  if (first !== last) {
    const given = proof[next++]
    if (given === undefined) throw new LogError('proof-invalid', 'the consistency proof is too short: it is empty')
    seed = given
  }
  let inner = seed
  let outer = seed
  for (; next < proof.length; next++) {
    const hash = proof[next]
    if (hash === undefined || edge === 0) throw new LogError('proof-invalid', 'the consistency proof is too long')
    if (isRight(last) || last === edge) {
      if (first < last) inner = hasher.node(hash, inner)
      outer = hasher.node(hash, outer)
      while (!isRight(last)) {
        first = up(first)
        last = up(last)
        edge = up(edge)
      }
    } else {
      outer = hasher.node(outer, hash)
    }
    first = up(first)
    last = up(last)
    edge = up(edge)
  }
  if (edge !== 0) throw new LogError('proof-invalid', 'the consistency proof is too short')
  if (!equalBytes(inner, subtreeRoot)) throw new LogError('proof-invalid', 'the proof leads to another smaller root')
  if (!equalBytes(outer, root)) throw new LogError('proof-invalid', 'the proof leads to another larger root')
}

/** Whether the node at this position is a right child. */
function isRight(position: number): boolean {
  return position % 2 === 1
}

/** The position of the parent, one height up. */
function up(position: number): number {
  return Math.floor(position / 2)
}
