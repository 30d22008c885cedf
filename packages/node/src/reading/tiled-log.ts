import { decodeEntryBundle, entryBundlePath, maxEntryBytes, tilePath, tileWidth } from '@comity/log'

/** A bundle is at most 256 entries, each behind two bytes of length. */
export const maxBundleBytes = tileWidth * (maxEntryBytes + 2)
const hashBytes = 32

/** Bytes of a resource of a log, at most `limit`; undefined where there is none. */
export type ReadResource = (path: string, limit: number) => Promise<Uint8Array | undefined>

/**
 * The entries of one bundle, `width` of them (C2SP tlog-tiles). Undefined where the log serves none; throws LogError
 * `malformed-bundle` where the bytes cannot be taken apart.
 */
export async function readBundle(read: ReadResource, index: number, width: number): Promise<Uint8Array[] | undefined> {
  const bytes = await read(entryBundlePath(index, width), maxBundleBytes)
  if (bytes !== undefined) return decodeEntryBundle(bytes, width)
  // A log may drop a partial bundle once the full one is there (tlog-tiles, *Partial tiles*).
  const full = width < tileWidth ? await read(entryBundlePath(index), maxBundleBytes) : undefined
  return full && decodeEntryBundle(full, tileWidth).slice(0, width)
}

/** The hashes of one tile as the log serves them, of whatever length; undefined where it serves none. */
export async function readTile(
  read: ReadResource,
  level: number,
  index: number,
  width: number,
): Promise<Uint8Array | undefined> {
  const bytes = await read(tilePath(level, index, width), tileWidth * hashBytes)
  if (bytes !== undefined || width === tileWidth) return bytes
  const full = await read(tilePath(level, index), tileWidth * hashBytes)
  return full?.subarray(0, width * hashBytes)
}
