import type { IncomingMessage } from 'node:http'
import { type ProblemCode } from '@comity/contract'
import { RequestError } from './request-error.ts'

type Done = (error: Error | null, body?: Buffer) => void

export interface BodyLimit {
  readonly bytes: number
  /** Code and words for a body that is larger. */
  readonly code: ProblemCode
  readonly message: string
}

/** How often bodies are looked at for being late, in milliseconds. */
const checkEvery = 250

/**
 * Reads whole bodies as they are. Each has its limit, and all have the same time to arrive in.
 *
 * One shared clock looks after all of them, because a timer for each request costs more than reading its body: most
 * bodies arrive with their headers, in one piece.
 */
export class Bodies {
  readonly #milliseconds: number
  readonly #waiting = new Map<() => void, number>()
  #clock: NodeJS.Timeout | undefined

  constructor(seconds: number) {
    this.#milliseconds = seconds * 1000
  }

  /** Fails with the limit's code, `body-truncated` or `request-timeout`. */
  read(message: IncomingMessage, limit: BodyLimit, done: Done): void {
    const declared = declaredLength(message)
    if (declared !== undefined && declared > limit.bytes) {
      done(new RequestError(limit.code, limit.message))
      return
    }
    const pieces: Buffer[] = []
    let bytes = 0
    const end = (error: Error | null): void => {
      this.#forget(late)
      message.off('data', take).off('end', ended).off('error', broken).off('aborted', broken)
      if (error === null) done(null, pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, bytes))
      else {
        message.resume()
        done(error)
      }
    }
    const take = (piece: Buffer): void => {
      bytes += piece.length
      if (bytes > limit.bytes) end(new RequestError(limit.code, limit.message))
      else pieces.push(piece)
    }
    const truncated = () =>
      new RequestError('body-truncated', `the body ended after ${bytes} of ${declared ?? 'unknown'} bytes`, {
        closes: true,
      })
    const ended = (): void => end(declared !== undefined && bytes !== declared ? truncated() : null)
    const broken = (): void => end(truncated())
    const late = (): void => {
      const seconds = this.#milliseconds / 1000
      end(new RequestError('request-timeout', `the body did not arrive within ${seconds} s`, { closes: true }))
    }
    this.#remember(late)
    message.on('data', take).on('end', ended).on('error', broken).on('aborted', broken)
  }

  close(): void {
    clearInterval(this.#clock)
    this.#clock = undefined
  }

  #remember(late: () => void): void {
    this.#waiting.set(late, performance.now())
    this.#clock ??= setInterval(() => this.#check(), checkEvery).unref()
  }

  #forget(late: () => void): void {
    this.#waiting.delete(late)
  }

  #check(): void {
    const due = performance.now() - this.#milliseconds
    // In the order in which they began, so the first that is not due ends the search.
    for (const [late, since] of this.#waiting) {
      if (since > due) break
      late()
    }
    if (this.#waiting.size === 0) this.close()
  }
}

function declaredLength(message: IncomingMessage): number | undefined {
  const text = message.headers['content-length']
  return text === undefined ? undefined : Number(text)
}
