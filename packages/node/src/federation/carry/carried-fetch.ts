import { Readable } from 'node:stream'
import { treeHasher } from '@comity/crypto'
import { LogError, decodeEntryBundle, entryBundlePath, parseTilePath } from '@comity/log'
import type { Fetch, Peer } from '../peers/peer.ts'
import { type Body, type CarryFile, resourceKey } from './carry-file.ts'

/**
 * Answers for peers out of carried files, as their nodes would over the network: what is read is verified by the same
 * code. What the files do not hold is not found.
 */
export function carriedFetch(files: readonly CarryFile[], peers: () => readonly Peer[]): Fetch {
  return async (address, init) => {
    const { origin, path } = placeOf(address, peers())
    const from = Number(/^bytes=([0-9]+)-$/.exec(new Headers(init?.headers).get('range') ?? '')?.[1] ?? 0)
    const digest = /(?:^|\/)documents\/(sha256:[0-9a-f]{64})$/.exec(path)?.[1]
    for (const file of files) {
      const found = digest === undefined ? await resource(file, origin, path, from) : document(file, digest)
      if (found !== undefined) return found
    }
    return new Response(null, { status: 404 })
  }
}

/** Which resource of which log an address names: at its own node, or where another mirrors it. */
function placeOf(address: string, peers: readonly Peer[]): { readonly origin: string; readonly path: string } {
  const [peer] = peers
    .filter(({ url }) => address.startsWith(`${url}/`))
    .toSorted((one, other) => other.url.length - one.url.length)
  const rest = peer === undefined ? new URL(address).pathname.slice(1) : address.slice(peer.url.length + 1)
  const mirrored = /^mirrors\/([^/]+)\/(.+)$/.exec(rest)
  if (mirrored?.[1] !== undefined && mirrored[2] !== undefined)
    return { origin: decodeURIComponent(mirrored[1]), path: mirrored[2] }
  return { origin: peer?.origin ?? originOf(address), path: peer === undefined ? pathBehindOrigin(rest) : rest }
}

async function resource(file: CarryFile, origin: string, path: string, from: number): Promise<Response | undefined> {
  const body = file.resources.get(resourceKey(origin, path))
  if (body === undefined) return levelZero(file, origin, path)
  if (from < body.from) return undefined
  const bytes = await file.read(body, from - body.from)
  if (from === 0) return answer(bytes)
  const total = body.from + body.size
  return answer(bytes, 206, { 'content-range': `bytes ${from}-${total - 1}/${total}` })
}

/** The hashes of entries are not carried where the entries are. */
async function levelZero(file: CarryFile, origin: string, path: string): Promise<Response | undefined> {
  const tile = tileIn(path)
  if (tile === undefined || tile.level !== 0) return undefined
  const { index, width } = tile
  for (const served of new Set([width, 256])) {
    const body = file.resources.get(resourceKey(origin, entryBundlePath(index, served)))
    if (body === undefined || body.from > 0) continue
    try {
      const entries = decodeEntryBundle(await file.read(body), served).slice(0, width)
      return answer(Buffer.concat(entries.map((entry) => treeHasher.leaf(entry))))
    } catch (error) {
      if (!(error instanceof LogError)) throw error
    }
  }
  return undefined
}

function tileIn(path: string): ReturnType<typeof parseTilePath> | undefined {
  try {
    return parseTilePath(path)
  } catch (error) {
    if (error instanceof LogError) return undefined
    throw error
  }
}

function document(file: CarryFile, digest: string): Response | undefined {
  const body: Body | undefined = file.documents.get(digest)
  if (body === undefined) return undefined
  // Safe: Node's own web stream is the one that Response takes.
  return new Response(
    Readable.toWeb(Readable.from(file.pieces(body), { objectMode: false })) as ReadableStream<Uint8Array>,
  )
}

function answer(bytes: Uint8Array, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(Uint8Array.from(bytes), { status, headers })
}

/** Where a log is said to be whose node has no address that could be reached: no name resolves below `invalid`. */
const carriedHost = 'https://carried.invalid'

export function carriedUrl(origin: string): string {
  return `${carriedHost}/${encodeURIComponent(origin)}`
}

function originOf(address: string): string {
  return decodeURIComponent(new URL(address).pathname.split('/')[1] ?? '')
}

function pathBehindOrigin(rest: string): string {
  return rest.split('/').slice(1).join('/')
}
