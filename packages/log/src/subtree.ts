/**
 * Subtrees: an interval of entries that is itself a Merkle tree and can be proven consistent with
 * the whole one (draft-ietf-plants-merkle-tree-certs §4; used by C2SP tlog-cosignature and
 * tlog-witness `sign-subtree`).
 *
 * All arithmetic is on numbers up to 2^53 − 1, so bit operators (32 bits) are not used.
 */

/** The smallest power of two that is at least `n`; 1 for 0 (BIT_CEIL in the draft). */
export function powerOfTwoFrom(n: number): number {
  let power = 1
  while (power < n) power *= 2
  return power
}

/** The largest power of two smaller than `n`, for n > 1: where RFC 9162 §2.1.1 splits a list. */
export function splitPoint(n: number): number {
  return powerOfTwoFrom(n) / 2
}

/** Whether `[start, end)` is a valid subtree: aligned to its own size rounded up to a power of two (§4.1). */
export function isSubtree(start: number, end: number): boolean {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start > end) return false
  return start % powerOfTwoFrom(end - start) === 0
}

/**
 * The complete subtrees that a tree of this size is made of, from left to right, as `[start, span]`
 * over `[start, start + span)`. Their spans are the powers of two in the size, falling.
 */
export function peaksOf(size: number): [start: number, span: number][] {
  const peaks: [number, number][] = []
  let start = 0
  for (let span = powerOfTwoFrom(size); start < size; span /= 2) {
    if (start + span > size) continue
    peaks.push([start, span])
    start += span
  }
  return peaks
}
