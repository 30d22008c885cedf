import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { NodeError } from '../node-error.ts'
import { RequestError } from './request-error.ts'

/** Hands bodies on unread, of whatever type: the handler reads them once it knows that they are wanted. */
export function takeUnread(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
}

/**
 * Reads a whole body of at most `limit` bytes, as slowly as the line is: only silence and the time for the whole request
 * end it. Throws `tooLarge`, `body-truncated`. With `room`, of `limit` bytes at least, it is put there.
 */
export async function bodyBytes(
  message: IncomingMessage,
  limit: number,
  tooLarge: NodeError,
  room?: Uint8Array<ArrayBuffer>,
): Promise<Buffer<ArrayBuffer>> {
  const declared = Number(message.headers['content-length'] ?? Number.NaN)
  if (declared > limit) throw tooLarge
  // Where the length is known the pieces go to their place, and no second copy of them is made.
  const whole = Number.isFinite(declared) ? place(declared, room) : undefined
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of message) {
      const buffer = piece as Buffer // nobody has set an encoding
      if (bytes + buffer.length > limit) throw tooLarge
      if (whole === undefined) pieces.push(buffer)
      else buffer.copy(whole, bytes)
      bytes += buffer.length
    }
  } catch (cause) {
    if (cause === tooLarge) throw cause
    throw new RequestError('body-truncated', `the body ended after ${bytes} bytes`, { closes: true, cause })
  }
  if (whole !== undefined && bytes !== whole.length) {
    throw new RequestError('body-truncated', `the body ended after ${bytes} of ${whole.length} bytes`, { closes: true })
  }
  return whole ?? Buffer.concat(pieces, bytes)
}

function place(bytes: number, room: Uint8Array<ArrayBuffer> | undefined): Buffer<ArrayBuffer> {
  return room === undefined ? Buffer.allocUnsafeSlow(bytes) : Buffer.from(room.buffer, room.byteOffset, bytes)
}
