/** Asks for something of a source that fits into memory: a list, a document, what stands beside one. */
import { createHash } from 'node:crypto'
import { type ExposureError, type FeedPlace, type FeedPort, fetchFeed } from '@comity/exposure'
import type { ListState } from './source-record.ts'
import type { SourceFault } from './source.ts'

export type Answered =
  | { readonly kind: 'got'; readonly bytes: Uint8Array<ArrayBuffer>; readonly state: ListState }
  /** As it was when the given state was kept. */
  | { readonly kind: 'unchanged' }
  /** The server says that there is no such thing (404, 410). */
  | { readonly kind: 'absent'; readonly fault: SourceFault }
  | { readonly kind: 'failed'; readonly fault: SourceFault; readonly retryAfter?: number }

export interface AskOptions {
  readonly maxBytes: number
  readonly known?: ListState | undefined
}

/** Asks one address, goes where it is sent (ten times at most), takes up again what broke. Octets are counted by `port`. */
export class Asker {
  readonly #port: FeedPort
  readonly #signal: AbortSignal
  #received = 0

  constructor(port: FeedPort, signal: AbortSignal) {
    this.#port = port
    this.#signal = signal
  }

  /** Octets over the network so far. */
  get received(): number {
    return this.#received
  }

  /** Never throws for what the server does; throws the reason of the signal. */
  async ask(url: string, { maxBytes, known }: AskOptions): Promise<Answered> {
    const place = new Memory()
    let status = 0
    const port: FeedPort = async (to, request) => {
      const answer = await this.#port(to, request)
      status = answer.status
      return answer
    }
    const state = known === undefined ? {} : { whole: known }
    const options = { fetch: port, place, state, limits: { bytes: maxBytes }, signal: this.#signal }
    const outcome = await fetchFeed(url, options)
    this.#received += outcome.received
    if (outcome.outcome === 'failed') {
      const fault = faultOf(outcome.refusal, url)
      if (status === 404 || status === 410) return { kind: 'absent', fault: { ...fault, test: 'absent' } }
      const { retryAfter } = outcome
      return { kind: 'failed', fault, ...(retryAfter === undefined ? {} : { retryAfter }) }
    }
    const { whole } = outcome.state
    if (outcome.outcome === 'unchanged' || whole === undefined) return { kind: 'unchanged' }
    return { kind: 'got', bytes: place.whole, state: whole }
  }
}

/** A fault that names what was asked for. */
export function faultOf({ code, message, pointer }: ExposureError, url?: string): SourceFault {
  const text = url === undefined ? message : `${shownUrl(url)}: ${message}`
  return { test: code, pointer, message: text.slice(0, 500) }
}

function shownUrl(url: string): string {
  return url.length > 200 ? `${url.slice(0, 197)}…` : url
}

/** Octets in memory, where a feed is no larger than it may be there. */
class Memory implements FeedPlace {
  #pieces: Uint8Array[] = []
  whole = new Uint8Array(0)

  async partSize(): Promise<number> {
    return this.#pieces.reduce((sum, { length }) => sum + length, 0)
  }

  async cutPart(octets: number): Promise<void> {
    const part = Buffer.concat(this.#pieces)
    this.#pieces = octets === 0 ? [] : [part.subarray(0, octets)]
  }

  async append(octets: Uint8Array): Promise<void> {
    this.#pieces.push(octets)
  }

  async digestOfPart(algorithm: 'sha-256' | 'sha-512'): Promise<string> {
    const hash = createHash(algorithm.replace('-', ''))
    for (const piece of this.#pieces) hash.update(piece)
    return hash.digest('hex')
  }

  async commit(): Promise<void> {
    this.whole = new Uint8Array(Buffer.concat(this.#pieces))
    this.#pieces = []
  }
}
