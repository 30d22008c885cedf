import type { FastifyRequest } from 'fastify'
import type { ComityNode } from '../node.ts'
import { matches } from './caching.ts'

/** Longest that a request waits for a batch, in seconds. */
const longestWait = 20

/** Requests that wait at a time. Whoever comes beyond them is answered at once. */
const waitingAtMost = 1000

/** Requests that wait for the next batch of the log (`Prefer: wait=N`, RFC 7240 §4.3). */
export class NextBatch {
  readonly #node: ComityNode
  readonly #waiting = new Set<() => void>()
  #isOver = false

  constructor(node: ComityNode) {
    this.#node = node
    node.onBatch(() => this.#release())
  }

  /** The entity tag of the log as it is. */
  get tag(): string {
    return `"${this.#node.head.size}"`
  }

  /**
   * Waits where the request asks for that and has what there is (`If-None-Match`), until there is more. Resolves with
   * whether it was waited for, or would have been.
   */
  async after(request: FastifyRequest): Promise<boolean> {
    const seconds = Number(/(?:^|[,;\s])wait=(\d{1,4})/.exec(String(request.headers['prefer'] ?? ''))?.[1] ?? 0)
    if (seconds === 0) return false
    if (!matches(request, this.tag) || this.#isOver) return true
    if (this.#waiting.size >= waitingAtMost) return false
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(end)
        resolve()
      }
      const timer = setTimeout(end, Math.min(seconds, longestWait) * 1000)
      this.#waiting.add(end)
      request.raw.once('close', end)
    })
    return true
  }

  /** Nobody waits any more: the server is closing. */
  end(): void {
    this.#isOver = true
    this.#release()
  }

  #release(): void {
    for (const end of this.#waiting) end()
  }
}
