/** What goes wrong with the answer of a server. */
import { ExposureError } from '../exposure-error.ts'
import { lengthOf } from './conditions.ts'
import type { FeedAnswer } from './feed-state.ts'

/** Ends a call: nothing that could be tried again. */
export class Failed extends Error {
  readonly refusal: ExposureError
  /** Seconds, where the server said so. */
  readonly retryAfter: number | undefined

  constructor(refusal: ExposureError, retryAfter?: number) {
    super(refusal.message)
    this.refusal = refusal
    this.retryAfter = retryAfter
  }
}

/** The octets of a body, and last the error that broke it, where one did: what the reader throws is its own. */
export async function* piecesOf({ body }: FeedAnswer): AsyncGenerator<Uint8Array | Error> {
  if (body === null) return
  const pieces = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await pieces
        .next()
        .catch((error: unknown) => (error instanceof Error ? error : new Error('no reason')))
      if (next instanceof Error) yield next
      if (next instanceof Error || next.done === true) return
      yield next.value
    }
  } finally {
    await pieces.return?.().catch(() => {})
  }
}

/** Lets go of a body that nobody reads. */
export async function drop({ body }: FeedAnswer): Promise<void> {
  await body?.[Symbol.asyncIterator]()
    .return?.()
    .catch(() => {})
}

/** Octets that the body will have, if the server says so. Throws {@link Failed} for a body that was packed on the way. */
export async function lengthOfBody(answer: FeedAnswer): Promise<number | undefined> {
  const encoding = answer.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return lengthOf(answer)
  await drop(answer)
  const message = `the server packs its answer (${encoding.slice(0, 40)}), and was asked not to`
  throw new Failed(new ExposureError('bad-answer', message))
}

/** Where a server sends on to. */
export function nextUrl(from: string, location: string | null): string {
  const to = location === null ? null : URL.parse(location, from)
  const refuse = (why: string): Failed => new Failed(new ExposureError('bad-answer', why))
  if (to === null) throw refuse('the server sends elsewhere and does not say where')
  if (to.protocol !== 'https:' && !(to.protocol === 'http:' && from.startsWith('http:'))) {
    throw refuse(`the server sends to ${to.protocol}, which is no safer than https`)
  }
  return to.href
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'no reason was given'
}
