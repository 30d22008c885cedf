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
 * The complete subtrees that `[start, end)` is made of, from left to right, as `[height, index]`
 * of the node over `[index · 2^height, (index + 1) · 2^height)`. Their sizes fall.
 */
export function peaksOf(start: number, end: number): [height: number, index: number][] {
  const peaks: [number, number][] = []
  let position = start
  let power = powerOfTwoFrom(end - start)
  let height = Math.round(Math.log2(power))
  while (position < end) {
    if (position + power <= end) {
      peaks.push([height, position / power])
      position += power
    }
    power /= 2
    height -= 1
  }
  return peaks
}
