import { IncomingMessage } from 'node:http'
import { finished } from 'node:stream/promises'
import type { FastifyInstance } from 'fastify'
import { releaseBytes } from '../released-bytes.ts'
import type { NodeError } from '../node-error.ts'
import { RequestError } from './request-error.ts'

/** Bytes from which on a body comes in many pieces. A smaller one, such as a statement, is read with fewer steps. */
const largeBody = 64 * 1024

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
  let isTooLarge = false
  // A request made up by a test hands over bytes that are somebody's; the parser of a real one made them for this body.
  const isOurs = message instanceof IncomingMessage
  const take = (piece: Buffer): void => {
    if (isTooLarge) return
    if (bytes + piece.length > limit) {
      isTooLarge = true
      message.destroy()
      return
    }
    if (whole === undefined) pieces.push(piece)
    else piece.copy(whole, bytes)
    bytes += piece.length
    if (whole !== undefined && isOurs) releaseBytes(piece)
  }
  try {
    if (declared > largeBody) {
      // By events: an iterator would first join what has arrived meanwhile.
      message.on('data', take)
      await finished(message, { writable: false })
    } else {
      for await (const piece of message) take(piece as Buffer) // nobody has set an encoding
    }
  } catch (cause) {
    if (isTooLarge) throw tooLarge
    throw new RequestError('body-truncated', `the body ended after ${bytes} bytes`, { closes: true, cause })
  } finally {
    message.off('data', take)
  }
  if (isTooLarge) throw tooLarge
  if (whole !== undefined && bytes !== whole.length) {
    throw new RequestError('body-truncated', `the body ended after ${bytes} of ${whole.length} bytes`, { closes: true })
  }
  return whole ?? Buffer.concat(pieces, bytes)
}

function place(bytes: number, room: Uint8Array<ArrayBuffer> | undefined): Buffer<ArrayBuffer> {
  return room === undefined ? Buffer.allocUnsafeSlow(bytes) : Buffer.from(room.buffer, room.byteOffset, bytes)
}
