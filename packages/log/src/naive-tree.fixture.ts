import { emptyRoot, type TreeHasher } from './hasher.ts'

/**
 * The definitions of RFC 9162 §2.1 and draft-ietf-plants-merkle-tree-certs §4 written down as they
 * stand, recursive and slow: the reference that `Tree` is tested against.
 */
export class NaiveTree {
  readonly #hasher: TreeHasher
  readonly #leaves: readonly Uint8Array[]

  constructor(hasher: TreeHasher, leafHashes: readonly Uint8Array[]) {
    this.#hasher = hasher
    this.#leaves = leafHashes
  }

  /** MTH(D[start:end]), RFC 9162 §2.1.1. */
  root(start: number, end: number): Uint8Array {
    const [only, more] = this.#leaves.slice(start, end)
    if (only === undefined) return emptyRoot()
    if (more === undefined) return only
    const k = start + split(end - start)
    return this.#hasher.node(this.root(start, k), this.root(k, end))
  }

  /** PATH(m, D[start:end]), RFC 9162 §2.1.3.1; `index` counts from the start of the log. */
  path(index: number, start: number, end: number): Uint8Array[] {
    if (end - start === 1) return []
    const k = start + split(end - start)
    if (index < k) return [...this.path(index, start, k), this.root(k, end)]
    return [...this.path(index, k, end), this.root(start, k)]
  }

  /** SUBTREE_PROOF(start, end, D[0:size]), merkle-tree-certs §4.4; PROOF(end, D[0:size]) if start is 0. */
  subtreeProof(start: number, end: number, size: number): Uint8Array[] {
    return start === end ? [] : this.#subproof(start, end, 0, size, true)
  }

  #subproof(start: number, end: number, low: number, high: number, known: boolean): Uint8Array[] {
    if (start === low && end === high) return known ? [] : [this.root(low, high)]
    const k = low + split(high - low)
    if (end <= k) return [...this.#subproof(start, end, low, k, known), this.root(k, high)]
    if (k <= start) return [...this.#subproof(start, end, k, high, known), this.root(low, k)]
    return [...this.#subproof(k, end, k, high, false), this.root(low, k)]
  }
}

function split(n: number): number {
  let k = 1
  while (2 * k < n) k *= 2
  return k
}
