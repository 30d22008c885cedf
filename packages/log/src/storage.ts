import { LogError } from './errors.ts'
import { hashLength } from './hasher.ts'

/**
 * Where a tree keeps its hashes. Only tile levels are stored (C2SP tlog-tiles): level L holds, one
 * after the other, the roots of the complete subtrees of 256^L entries. Level 0 holds leaf hashes.
 * The heights in between are recomputed, 255 hashes a tile.
 *
 * Writes come at the current end of a level, or repeat bytes that are there already (after a crash,
 * when a tree is opened at an older size and the same entries are appended again).
 */
export interface HashStorage {
  /** `count` hashes of a level from position `index` on. Throws if they are not all there. */
  read(level: number, index: number, count: number): Uint8Array
  /** `hashes` holds whole hashes, 32 bytes each. */
  write(level: number, index: number, hashes: Uint8Array): void
}

/** Storage in memory, for tests, browsers and small trees: 32 bytes an entry, and 1/255 above. */
export function memoryHashStorage(): HashStorage {
  const levels: { bytes: Uint8Array; length: number }[] = []
  return {
    read(level, index, count) {
      const stored = levels[level]
      const end = (index + count) * hashLength
      if (stored === undefined || end > stored.length) {
        throw new LogError('out-of-range', `hashes ${index} to ${index + count} of level ${level} are not stored`)
      }
      return stored.bytes.slice(index * hashLength, end)
    },
    write(level, index, hashes) {
      const start = index * hashLength
      const end = start + hashes.length
      const stored = (levels[level] ??= { bytes: new Uint8Array(256 * hashLength), length: 0 })
      if (start > stored.length) {
        throw new LogError('out-of-range', `hash ${index} of level ${level} would leave a gap`)
      }
      if (end > stored.bytes.length) {
        const grown = new Uint8Array(Math.max(end, 2 * stored.bytes.length))
        grown.set(stored.bytes)
        stored.bytes = grown
      }
      stored.bytes.set(hashes, start)
      stored.length = Math.max(stored.length, end)
    },
  }
}
