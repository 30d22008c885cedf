import { LogError, decodeEntryBundle, entryBundlePath, tileWidth } from '@comity/log'
import { maxBundleBytes, readTile } from '../../reading/tiled-log.ts'
import { FederationError } from '../federation-error.ts'
import type { Fetch, FetchInit } from '../peers/peer.ts'
import { maxHeadBytes } from './head.ts'

/** For a checkpoint or a tile, in milliseconds: a busy server on a link of 64 kbit/s has answered by then. */
const smallAnswer = 60_000

/** A document of a log: its bytes as they arrive, or why there are none. */
export type ServedDocument = { readonly body: ReadableStream<Uint8Array> } | 'absent' | 'withheld'

/** One address at which a log is served: by its own node, or by another that mirrors it. Nothing it says is believed. */
export class PeerLog {
  /** Without a slash at the end. */
  readonly url: string
  /** Of the node beside which the log is served: documents lie there. */
  readonly nodeUrl: string
  readonly #ask: Fetch

  constructor(url: string, nodeUrl: string, fetch: Fetch) {
    this.url = url
    this.nodeUrl = nodeUrl
    this.#ask = fetch
  }

  /** The newest signed note. Throws FederationError `no-log`, and whatever reading throws. */
  async checkpoint(): Promise<Uint8Array> {
    const bytes = await this.#bytes('checkpoint', { maxBytes: maxHeadBytes, maxMilliseconds: smallAnswer })
    if (bytes !== undefined) return bytes
    throw new FederationError('no-log', `${this.url} serves no checkpoint`)
  }

  /**
   * The entries of a bundle of `width` behind the first `held` of them, which have `heldBytes` bytes in it and are here
   * already. Throws FederationError `entries-missing`, `entries-malformed`, and whatever reading throws.
   */
  async entriesBehind(index: number, width: number, held: number, heldBytes: number): Promise<Uint8Array[]> {
    const found =
      (await this.#entries(index, width, held, heldBytes)) ??
      // A log may drop a partial bundle once the full one is there (tlog-tiles, *Partial tiles*).
      (width < tileWidth ? await this.#entries(index, tileWidth, held, heldBytes) : undefined)
    if (found !== undefined) return found.slice(0, width - held)
    const first = index * tileWidth + held
    const what = `${this.url} does not serve the entries from ${first} to ${index * tileWidth + width - 1}`
    throw new FederationError('entries-missing', what)
  }

  /** The hashes of a tile, `width` × 32 bytes. Throws FederationError `tiles-missing`, `tiles-differ`, as reading throws. */
  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    const read = (path: string, maxBytes: number) => this.#bytes(path, { maxBytes, maxMilliseconds: smallAnswer })
    const hashes = await readTile(read, level, index, width)
    const where = `${width} hashes of tile ${level}/${index}`
    if (hashes === undefined) throw new FederationError('tiles-missing', `${this.url} does not serve the ${where}`)
    if (hashes.length === width * 32) return hashes
    throw new FederationError('tiles-differ', `${this.url} serves ${hashes.length} bytes as the ${where}`)
  }

  /** A document by its digest, at most `maxBytes` of it. */
  async document(digest: string, maxBytes: number): Promise<ServedDocument> {
    const url = `${this.nodeUrl}/documents/${digest}`
    const response = await this.#get(url, { maxBytes })
    if (response.status === 410) return discard(response, 'withheld')
    if (response.status === 404) return discard(response, 'absent')
    return response.body === null ? 'absent' : { body: response.body }
  }

  async #entries(index: number, width: number, held: number, heldBytes: number): Promise<Uint8Array[] | undefined> {
    const headers: Record<string, string> = heldBytes === 0 ? {} : { range: `bytes=${heldBytes}-` }
    const url = `${this.url}/${entryBundlePath(index, width)}`
    const response = await this.#get(url, { headers, maxBytes: maxBundleBytes })
    if (response.status === 404 || response.status === 410) return discard(response, undefined)
    if (response.status === 416) {
      const what = `${url} has no more than the ${heldBytes} bytes that the first ${held} of its entries took here`
      throw new FederationError('entries-differ', what)
    }
    const isRest = response.status === 206
    if (isRest && response.headers.get('content-range')?.startsWith(`bytes ${heldBytes}-`) !== true)
      throw new FederationError('entries-malformed', `${url} answers with another range than was asked for`)
    const bytes = await bodyOf(response, maxBundleBytes)
    try {
      return isRest ? decodeEntryBundle(bytes, width - held) : decodeEntryBundle(bytes, width).slice(held)
    } catch (error) {
      if (!(error instanceof LogError)) throw error
      throw new FederationError('entries-malformed', `${url} is no bundle of entries: ${error.message}`, {
        cause: error,
      })
    }
  }

  async #bytes(path: string, init: FetchInit & { readonly maxBytes: number }): Promise<Uint8Array | undefined> {
    const response = await this.#get(`${this.url}/${path}`, init)
    if (response.status === 404 || response.status === 410) return discard(response, undefined)
    return bodyOf(response, init.maxBytes)
  }

  /** 200, 206, 404, 410, and 416 where a range was asked for. */
  async #get(url: string, init: FetchInit): Promise<Response> {
    const response = await this.#ask(url, init)
    const { status } = response
    const isRange = new Headers(init.headers).has('range')
    if ([200, 206, 404, 410].includes(status) || (status === 416 && isRange)) return response
    void response.body?.cancel()
    if (status === 429 || status === 503) throw new FederationError('peer-busy', `${url} answers with status ${status}`)
    if (status >= 300 && status < 400) {
      const to = response.headers.get('location')?.slice(0, 200) ?? 'another address'
      throw new FederationError('peer-redirects', `${url} sends on to ${to}`)
    }
    throw new FederationError('peer-answers-otherwise', `${url} answers with status ${status}`)
  }
}

async function bodyOf(response: Response, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const piece of response.body ?? []) {
      bytes += piece.length
      if (bytes > limit)
        throw new FederationError('peer-answer-too-large', `${response.url} has more than ${limit} bytes`)
      pieces.push(piece)
    }
  } catch (error) {
    if (error instanceof FederationError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new FederationError('peer-unreachable', `${response.url} broke off after ${bytes} bytes: ${why}`, {
      cause: error,
    })
  }
  const [only] = pieces
  return pieces.length === 1 && only !== undefined ? only : new Uint8Array(Buffer.concat(pieces))
}

function discard<T>(response: Response, result: T): T {
  void response.body?.cancel()
  return result
}
