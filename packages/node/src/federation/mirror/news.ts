import { FederationError } from '../federation-error.ts'
import type { Fetch, Peer } from '../peers/peer.ts'
import { maxHeadBytes } from './head.ts'

/** Seconds that a peer is asked to wait for its next batch (RFC 7240 §4.3). */
const wait = 8

/** How long a peer is left alone that did not answer, or that does not wait, in milliseconds. */
const afterFailure = 15_000
const afterNoWait = 600_000

export interface NewsParts {
  readonly peers: () => readonly Peer[]
  readonly fetch: Fetch
  /** Takes the head that the node of a log shows; one that is later than what is held has the log read at once. */
  readonly hear: (origin: string, note: Uint8Array) => Promise<void>
}

/**
 * Asks each peer whose log is mirrored for the checkpoint of its next batch, and waits for it: so a batch is read when it
 * is there and not at the next turn of the clock. What comes is taken like a head that was asked for; who does not wait, or
 * does not answer, is read by the clock alone.
 */
export class News {
  readonly #parts: NewsParts
  readonly #listening = new Map<string, AbortController>()
  #onError: ((error: unknown) => void) | undefined

  constructor(parts: NewsParts) {
    this.#parts = parts
  }

  /** Listens to the peers there are now; to be called again when they are others. */
  start(onError: (error: unknown) => void): void {
    this.#onError = onError
    this.renew()
  }

  /** Listens to those that are new, and no more to those that are gone. */
  renew(): void {
    if (this.#onError === undefined) return
    const wanted = new Map(this.#parts.peers().flatMap((peer) => (peer.mirror ? [[peer.url, peer] as const] : [])))
    for (const [url, listening] of this.#listening) if (!wanted.has(url)) this.#end(url, listening)
    for (const [url, peer] of wanted) if (!this.#listening.has(url)) this.#begin(peer)
  }

  close(): void {
    this.#onError = undefined
    for (const [url, listening] of this.#listening) this.#end(url, listening)
  }

  #begin(peer: Peer): void {
    const listening = new AbortController()
    this.#listening.set(peer.url, listening)
    this.#listen(peer, listening.signal).catch((error: unknown) => {
      this.#listening.delete(peer.url)
      if (!listening.signal.aborted) this.#onError?.(error)
    })
  }

  #end(url: string, listening: AbortController): void {
    this.#listening.delete(url)
    listening.abort(new FederationError('peer-unreachable', 'nobody listens to this peer any more'))
  }

  async #listen({ url, origin }: Peer, signal: AbortSignal): Promise<void> {
    let tag: string | undefined
    while (!signal.aborted) {
      try {
        const headers = { prefer: `wait=${wait}`, ...(tag === undefined ? {} : { 'if-none-match': tag }) }
        const response = await this.#parts.fetch(`${url}/checkpoint`, { headers, signal, maxBytes: maxHeadBytes })
        const note = new Uint8Array(await response.arrayBuffer())
        if (response.ok) await this.#parts.hear(origin, note)
        tag = response.headers.get('etag') ?? undefined
        const waits = tag !== undefined && (response.headers.get('preference-applied') ?? '').startsWith('wait')
        if (!waits) await pause(afterNoWait, signal)
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof FederationError)) throw error
        await pause(afterFailure, signal)
      }
    }
  }
}

/** Ends early when nobody listens any more. Keeps no process alive. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds).unref()
    function end(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    signal.addEventListener('abort', end)
  })
}
