import type { ExposureError } from '../exposure-error.ts'

/** What names one representation of a feed, as the server said it (RFC 9110, 8.8). */
export interface Validators {
  readonly etag?: string
  readonly lastModified?: string
}

/** What is known of a feed from one call to the next: plain JSON, kept by the caller beside the octets. */
export interface FeedState {
  /** The representation that is kept whole. */
  readonly whole?: Validators & { readonly octets: number; /** SHA-256, hex */ readonly digest: string }
  /** A newer one, of which the beginning is kept. How much of it, the place where it lies says. */
  readonly part?: Validators & { readonly total?: number }
}

/** Where the octets of a feed lie: those that are whole, and the beginning of newer ones. */
export interface FeedPlace {
  /** Octets of the part; 0 where there is none. */
  partSize(): Promise<number>
  /** Cuts the part, or begins one: afterwards it has so many octets. */
  cutPart(octets: number): Promise<void>
  append(octets: Uint8Array): Promise<void>
  /** The digest of the part, hex. */
  digestOfPart(algorithm: 'sha-256' | 'sha-512'): Promise<string>
  /** The part takes the place of the whole, at once and durably. */
  commit(): Promise<void>
}

/** What the port of a feed is asked. It is what `fetch` takes. */
export interface FeedRequest {
  readonly method: 'GET'
  readonly headers: Record<string, string>
  /** The port follows nobody: where to go next is decided here, and asked of the port again. */
  readonly redirect: 'manual'
  readonly signal?: AbortSignal
  /** Most octets of the answer that are wanted. */
  readonly maxBytes: number
}

/** What of a `Response` is read. */
export interface FeedAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
}

/** The way out: in a node its guarded fetch, which asks only whom it may. */
export type FeedPort = (url: string, request: FeedRequest) => Promise<FeedAnswer>

export interface FeedLimits {
  /** Octets of the feed. */
  readonly bytes: number
  /** Redirects in a row (CSAF 2.0, 7.1.6: at most ten). */
  readonly redirects: number
  /** How often a transfer that broke is taken up again, as long as each time brought something. */
  readonly resumes: number
}

export const defaultFeedLimits: FeedLimits = { bytes: 16 * 1024 * 1024 * 1024, redirects: 10, resumes: 8 }

export interface FeedOptions {
  readonly fetch: FeedPort
  readonly place: FeedPlace
  /** What the last call gave; nothing for the first. */
  readonly state?: FeedState
  /** The SHA-256 that somebody else says the feed has, hex: a `.sha256` beside it, an entry of a ROLIE feed. */
  readonly digest?: string
  readonly limits?: Partial<FeedLimits>
  /** Hears a new state before octets come that it is about: who keeps it then can go on after a crash. */
  readonly keep?: (state: FeedState) => Promise<void>
  readonly signal?: AbortSignal
}

/** How a call ended. Whatever happened, what was whole before is whole still. */
export type FeedOutcome = {
  /** To be kept for the next call. */
  readonly state: FeedState
  /** Octets that came over the network. */
  readonly received: number
  /** How often the transfer was taken up again. */
  readonly resumed: number
} & (
  | { readonly outcome: 'unchanged' | 'new' }
  | {
      readonly outcome: 'failed'
      readonly refusal: ExposureError
      /** Seconds, where the server said so. */ readonly retryAfter?: number
    }
)
