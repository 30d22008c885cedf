import { NodeError } from '../../node-error.ts'
import { FederationError } from '../federation-error.ts'
import { GrowingRoot } from '../mirror/growing-root.ts'
import { HeadTiles } from '../mirror/head-tiles.ts'
import { type Head, hasSameRoot } from '../mirror/head.ts'
import { leafHashes } from '../mirror/mirror-copy.ts'
import type { PeerLog } from '../mirror/peer-log.ts'
import { bundles, defaultWindow, windowBytes } from '../mirror/window.ts'
import type { OwnLog } from './own-log.ts'

/** Two heads that the log signed contradict each other: never returns. */
export type Contradict = (one: Head, other: Head, prefix?: Awaited<ReturnType<HeadTiles['prefix']>>) => Promise<never>

/**
 * Reads what a head of the own log covers and the folder lacks. Each window hashes to what the head's tree has there
 * before it is appended, so at any moment of a crash the stream is a prefix of a log that was signed.
 *
 * Throws FederationError as reading does, `entries-differ`, `tiles-…`; NodeError `log-forked`.
 */
export async function readTail(
  log: OwnLog,
  head: Head,
  source: PeerLog,
  contradict: Contradict,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const tiles = new HeadTiles(head)
  await requireContinuing(log, head, source, tiles, contradict)
  while (log.size < head.size) {
    const { leaves, hashes } = await readSome(log, head, source)
    const grown = GrowingRoot.of(log.tree)
    grown.add(hashes)
    const to = log.size + leaves.length
    const expected = to === head.size ? head.root : (await tiles.prefix(source, to)).root
    if (!hasSameRoot({ root: expected }, grown.root() ?? new Uint8Array())) {
      const what = `${source.url} serves other entries from ${log.size} to ${to - 1} than its checkpoint of size ${head.size} covers`
      throw new FederationError('entries-differ', what)
    }
    await log.append(leaves, hashes)
    onProgress(log.size, head.size)
  }
}

/** What is held must be a prefix of the head's tree: the signed part and, by what a crash left, the rest. */
async function requireContinuing(
  log: OwnLog,
  head: Head,
  source: PeerLog,
  tiles: HeadTiles,
  contradict: Contradict,
): Promise<void> {
  const shown = await tiles.prefix(source, log.head.size)
  if (!hasSameRoot(log.head, shown.root)) await contradict(log.head, head, shown)
  if (log.size === log.head.size || log.size > head.size) return
  const rest = await tiles.prefix(source, log.size)
  if (hasSameRoot(rest, log.tree.root(log.size))) return
  throw new NodeError(
    'log-forked',
    `the entries from ${log.head.size} on, which this folder holds beyond its checkpoint, are not those that its log got: restore another backup`,
  )
}

async function readSome(
  log: OwnLog,
  head: Head,
  source: PeerLog,
): Promise<{ leaves: Uint8Array[]; hashes: Uint8Array }> {
  const from = log.size
  const leaves: Uint8Array[] = []
  let bytes = 0
  const heldBytes = log.bundleBytesBefore(from)
  const { size } = head
  for await (const bundle of bundles({ source, from, size, most: defaultWindow, heldBytes })) {
    for (const leaf of bundle) {
      leaves.push(leaf)
      bytes += leaf.length
    }
    if (bytes > windowBytes) break
  }
  return { leaves, hashes: leafHashes(leaves) }
}
