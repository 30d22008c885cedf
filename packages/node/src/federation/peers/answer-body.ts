import type { IncomingMessage } from 'node:http'
import { FederationError } from '../federation-error.ts'

/** How long an answer may take. */
export interface Patience {
  /** Milliseconds to connect in, and as many from the last byte of the request to the headers of the answer. */
  readonly headers: number
  /** Milliseconds of silence while a body is under way. */
  readonly idle: number
  /** Bytes a second that a body has on average at the least, once `idle` is over: drops do not count as a stream. */
  readonly bytesPerSecond: number
  /** Milliseconds from the call to the last byte. */
  readonly total: number
}

/**
 * For a link of 64 kbit/s with 0.8 s there and back: headers come after five round trips of TLS and a queue of some
 * bundles, and the slowest average is an eighth of what the link carries.
 */
export const defaultPatience: Patience = { headers: 30_000, idle: 30_000, bytesPerSecond: 1024, total: 3_600_000 }

export interface BodyRules {
  /** Where it comes from, for messages. */
  readonly where: string
  readonly maxBytes: number
  readonly patience: Patience
  /** Turns what broke the connection into an error of this room. */
  readonly explain: (error: unknown, bytes: number) => Error
}

/**
 * The body of an answer as it is read, within its limits. Only time spent waiting for the peer counts as its silence: a
 * reader may take his time. `onEnd` is called once, with the error if there was one.
 */
export function limitedBody(
  message: IncomingMessage,
  rules: BodyRules,
  onEnd: (error?: Error) => void,
): ReadableStream<Uint8Array> {
  const { where, maxBytes, patience } = rules
  let failure: Error | undefined
  let bytes = 0
  let waited = 0
  let isOver = false
  // A message that is destroyed before anybody reads it would else forget why.
  message.on('error', (error) => (failure ??= error))
  const pieces: AsyncIterator<Buffer> = message[Symbol.asyncIterator]()

  const end = (error?: Error): void => {
    if (isOver) return
    isOver = true
    if (error !== undefined) message.destroy()
    onEnd(error)
  }
  message.on('close', () => end(failure !== undefined || !message.complete ? reason(failure) : undefined))
  const reason = (error: unknown): Error => rules.explain(failure ?? error, bytes)

  const next = async (): Promise<IteratorResult<Buffer>> => {
    const begun = performance.now()
    const timer = setTimeout(() => {
      const silent = `${where} was silent for ${patience.idle / 1000} s after ${bytes} bytes of its answer`
      message.destroy((failure ??= new FederationError('peer-too-slow', silent)))
    }, patience.idle)
    try {
      return await pieces.next()
    } finally {
      clearTimeout(timer)
      waited += performance.now() - begun
    }
  }

  const checkPace = (): void => {
    const due = ((waited - patience.idle) / 1000) * patience.bytesPerSecond
    if (bytes >= due) return
    const pace = `${where} sent ${bytes} bytes in ${Math.round(waited / 1000)} s: less than ${patience.bytesPerSecond} a second`
    throw (failure = new FederationError('peer-too-slow', pace))
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await next()
          if (done === true) {
            if (failure !== undefined || !message.complete) throw failure ?? new Error('it ended early')
            end()
            controller.close()
            return
          }
          bytes += value.length
          if (bytes > maxBytes) throw (failure = tooLarge(where, maxBytes))
          checkPace()
          controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
        } catch (error) {
          const told = reason(error)
          end(told)
          controller.error(told)
        }
      },
      cancel() {
        message.destroy()
        end()
      },
    },
    { highWaterMark: 0 },
  )
}

export function tooLarge(where: string, maxBytes: number): FederationError {
  return new FederationError(
    'peer-answer-too-large',
    `${where} has more than the ${maxBytes} bytes that were asked for`,
  )
}
