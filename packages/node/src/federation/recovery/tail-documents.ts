import { type Blobs, StoreError } from '@comity/store'
import { documentLimit } from '../../documents.ts'
import { readEntry } from '../../reading/check-entries.ts'
import { documentsOf } from '../../register/register.ts'
import { FederationError } from '../federation-error.ts'
import type { PeerLog } from '../mirror/peer-log.ts'
import { Slots } from '../mirror/slots.ts'
import type { OwnLog } from './own-log.ts'

const entriesAtOnce = 512
const documentsAtOnce = 4

const marker = Buffer.from('"documents"')

/** Digests, `sha256:<hex>`. */
export interface TailDocuments {
  readonly fetched: number
  /** Cited, and no mirror has them. */
  readonly missing: readonly string[]
  /** Cited, and a mirror that may have them did not answer. */
  readonly unanswered: readonly string[]
}

/** Fetches the documents that entries from `from` on cite and that are not here, each checked against its digest. */
export async function fetchTailDocuments(
  log: OwnLog,
  from: number,
  blobs: Blobs,
  sources: readonly PeerLog[],
): Promise<TailDocuments> {
  const slots = new Slots(documentsAtOnce)
  const missing = new Set<string>()
  const unanswered = new Set<string>()
  let fetched = 0
  for (let start = from; start < log.head.size; start += entriesAtOnce) {
    const leaves = log.leaves(start, Math.min(start + entriesAtOnce, log.head.size))
    const wanted = new Map(leaves.flatMap((leaf, i) => citedBy(leaf, start + i)))
    await Promise.all(
      [...wanted].map(([digest, size]) =>
        slots.run(async () => {
          if (blobs.has(hexOf(digest)) || size > documentLimit) return
          const outcome = await fetchOne(digest, size, blobs, sources)
          if (outcome === 'fetched') fetched += 1
          else if (outcome === 'missing') missing.add(digest)
          else if (outcome === 'unanswered') unanswered.add(digest)
        }),
      ),
    )
  }
  return { fetched, missing: [...missing].sort(), unanswered: [...unanswered].sort() }
}

function citedBy(leaf: Uint8Array, index: number): readonly (readonly [string, number])[] {
  if (!Buffer.from(leaf.buffer, leaf.byteOffset, leaf.length).includes(marker)) return []
  const read = readEntry(index, leaf)
  return 'malformed' in read ? [] : documentsOf(read.payload).map(({ digest, size }) => [digest, size])
}

async function fetchOne(
  digest: string,
  size: number,
  blobs: Blobs,
  sources: readonly PeerLog[],
): Promise<'fetched' | 'missing' | 'unanswered' | 'withheld'> {
  let isUnanswered = false
  for (const source of sources) {
    try {
      const served = await source.document(digest, size)
      if (served === 'withheld') return 'withheld'
      if (served === 'absent') continue
      await blobs.put(served.body, hexOf(digest), { maxBytes: size })
      return 'fetched'
    } catch (error) {
      if (error instanceof FederationError) {
        isUnanswered = true
        continue
      }
      // What is not what its digest says may be right elsewhere.
      if (error instanceof StoreError && (error.code === 'digest-mismatch' || error.code === 'too-large')) continue
      throw error
    }
  }
  return isUnanswered ? 'unanswered' : 'missing'
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
