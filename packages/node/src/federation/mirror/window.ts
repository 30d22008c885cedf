import { tileWidth } from '@comity/log'
import type { CheckedEntry, EntryCheck } from '../../reading/check-entries.ts'
import { positionOf } from '../../register/position.ts'
import { leafHashes } from './mirror-copy.ts'
import type { PeerLog } from './peer-log.ts'

/** Entries in memory at a time for each log: whole bundles, and fewer where they are large. */
export const defaultWindow = 2048
export const windowBytes = 4 << 20

/** Bundles of a window that are asked for at a time. */
const bundlesAtOnce = 4

/** A run of entries as a peer serves them, with their signatures being verified. Nothing of it counts yet. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly leaves: readonly Uint8Array[]
  readonly hashes: Uint8Array
  /** Resolves when all signatures are known. */
  readonly checked: Promise<readonly CheckedEntry[]>
}

export interface WindowRequest extends BundlesRequest {
  /** The number of the log, for positions. */
  readonly log: number
  readonly check: EntryCheck
}

/** Entries that are asked for as bundles. */
export interface BundlesRequest {
  readonly source: PeerLog
  readonly from: number
  /** The size of the head. */
  readonly size: number
  /** Entries that a window has at the most, a multiple of 256. */
  readonly most: number
  /** Bytes that entries which are here already have in the first bundle. */
  readonly heldBytes: number
}

/** How far a window from here may reach: to the end of the log, or of a bundle. */
export function windowEnd(from: number, size: number, most: number): number {
  return Math.min(size, from - (from % tileWidth) + most)
}

/**
 * Reads the next entries, up to the end of the log or of a bundle.
 *
 * Throws FederationError `entries-missing`, `entries-malformed`, and whatever reading throws.
 */
export async function readWindow(request: WindowRequest): Promise<Window> {
  const { log, check, from } = request
  const leaves: Uint8Array[] = []
  const hashes: Uint8Array[] = []
  const checking: (CheckedEntry | Promise<CheckedEntry>)[] = []
  let bytes = 0
  for await (const bundle of bundles(request)) {
    for (const each of check.decode(positionOf(log, from + leaves.length), bundle)) checking.push(check.verify(each))
    hashes.push(leafHashes(bundle))
    for (const leaf of bundle) {
      leaves.push(leaf)
      bytes += leaf.length
    }
    if (bytes > windowBytes) break
  }
  const checked = Promise.all(checking)
  // Heard when it is awaited; until then somebody may have stopped for another reason.
  checked.catch(() => undefined)
  return { from, to: from + leaves.length, leaves, hashes: Buffer.concat(hashes), checked }
}

/** The bundles of a window in order, a few asked for ahead of the reader. */
export async function* bundles({ source, from, size, most, heldBytes }: BundlesRequest): AsyncGenerator<Uint8Array[]> {
  const first = Math.floor(from / tileWidth)
  const end = Math.ceil(windowEnd(from, size, most) / tileWidth)
  const ahead: Promise<Uint8Array[]>[] = []
  let next = first
  for (let index = first; index < end; index++) {
    for (; next < end && next < index + bundlesAtOnce; next++) {
      const width = Math.min(tileWidth, size - next * tileWidth)
      const isFirst = next === first
      const asked = source.entriesBehind(next, width, isFirst ? from % tileWidth : 0, isFirst ? heldBytes : 0)
      // One that fails while an earlier one is awaited is heard when its turn comes, or when the reader stops early.
      asked.catch(() => undefined)
      ahead.push(asked)
    }
    const bundle = await ahead.shift()
    if (bundle !== undefined) yield bundle
  }
}
