import type { Fetch } from '../peers/peer.ts'
import { PeerLog } from './peer-log.ts'

/**
 * How long a log is read from a mirror of it before its own node is asked again, in seconds: twice as long each time that
 * it fails. Two nodes that read a log from each other hear of nothing new, so the first detours are short.
 */
const firstDetour = 2
const longestDetour = 60

/** Where a log is mirrored on a node: below `/mirrors/`, by its percent-encoded origin. */
export function mirrorUrl(nodeUrl: string, origin: string): string {
  return `${nodeUrl}/mirrors/${encodeURIComponent(origin)}`
}

/** The addresses of one log: first its own node, then those that may mirror it. One of them is read at a time. */
export class MirrorSources {
  readonly #sources: readonly PeerLog[]
  #current = 0
  /** When the own node is asked again. */
  #returnAt = 0
  #detour = firstDetour

  constructor(sources: readonly PeerLog[]) {
    this.#sources = sources
  }

  /** The log at its own node, and as other nodes may mirror it. */
  static of(origin: string, url: string, others: readonly string[], fetch: Fetch): MirrorSources {
    const mirrors = others.filter((other) => other !== url)
    return new MirrorSources([
      new PeerLog(url, url, fetch),
      ...mirrors.map((other) => new PeerLog(mirrorUrl(other, origin), other, fetch)),
    ])
  }

  /** The one that is read now; undefined where there is none at all. */
  current(now: number): PeerLog | undefined {
    if (this.#current > 0 && now >= this.#returnAt) this.#current = 0
    return this.#sources[this.#current]
  }

  /** Whether the log's own node is read, and not a mirror of it. */
  get isOwn(): boolean {
    return this.#current === 0
  }

  /** One after the other, for what any of them may have. */
  nth(attempt: number): PeerLog | undefined {
    return this.#sources[attempt % Math.max(1, this.#sources.length)]
  }

  /** The current one answered as it should. */
  succeeded(): void {
    if (this.isOwn) this.#detour = firstDetour
  }

  /** The current one failed. Returns whether there is another that was not tried since the own node was. */
  failed(now: number): boolean {
    if (this.#current === 0) {
      this.#returnAt = now + this.#detour
      this.#detour = Math.min(longestDetour, this.#detour * 2)
    }
    this.#current = (this.#current + 1) % Math.max(1, this.#sources.length)
    return this.#current > 0
  }
}
