import { LogError } from './errors.ts'
import { tileWidth } from './tile-path.ts'

/**
 * Entry bundles (C2SP tlog-tiles, *Log entries*): up to 256 entries, each behind its length.
 *
 *     bundle = *( uint16 big-endian length || entry )
 */

/** The most bytes an entry may have: what a uint16 can say. */
export const maxEntryBytes = 0xffff

/**
 * The bundle of these entries, in order.
 *
 * @throws LogError `too-large` over 256 entries, or over 65,535 bytes in one.
 */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > tileWidth) {
    throw new LogError('too-large', `${entries.length} entries in one bundle: at most ${tileWidth}`)
  }
  let length = 0
  for (const [i, entry] of entries.entries()) {
    if (entry.length > maxEntryBytes) {
      throw new LogError('too-large', `entry ${i} of the bundle has ${entry.length} bytes: at most ${maxEntryBytes}`)
    }
    length += 2 + entry.length
  }
  const bundle = new Uint8Array(length)
  let offset = 0
  for (const entry of entries) {
    bundle[offset] = entry.length >> 8
    bundle[offset + 1] = entry.length & 0xff
    bundle.set(entry, offset + 2)
    offset += 2 + entry.length
  }
  return bundle
}

/**
 * The entries of a bundle, as views into it.
 *
 * @param expectedCount the width in the bundle's path (256 without one): a shorter or longer bundle
 * is refused, because entries are found by their position alone.
 * @throws LogError `malformed-bundle`
 */
export function decodeEntryBundle(bundle: Uint8Array, expectedCount: number): Uint8Array[] {
  if (!Number.isInteger(expectedCount) || expectedCount < 1 || expectedCount > tileWidth) {
    throw new LogError('out-of-range', `a bundle of ${expectedCount} entries: must be 1 to ${tileWidth}`)
  }
  const entries: Uint8Array[] = []
  let offset = 0
  while (entries.length < expectedCount) {
    const high = bundle[offset]
    const low = bundle[offset + 1]
    const length = (high ?? 0) * 256 + (low ?? 0)
    if (low === undefined || offset + 2 + length > bundle.length) {
      throw new LogError('malformed-bundle', `entry bundle ends inside entry ${entries.length} of ${expectedCount}`)
    }
    entries.push(bundle.subarray(offset + 2, offset + 2 + length))
    offset += 2 + length
  }
  if (offset !== bundle.length) {
    const extra = bundle.length - offset
    throw new LogError('malformed-bundle', `entry bundle has ${extra} bytes after its ${expectedCount} entries`)
  }
  return entries
}
