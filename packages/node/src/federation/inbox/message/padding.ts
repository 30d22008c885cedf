/**
 * Messages travel in few sizes, so that the length of a ciphertext says little about what was written:
 *
 *     u32 length, big-endian || content || zeroes up to the size class
 */
import { NodeError } from '../../../node-error.ts'

/** Bytes that a message is padded to before it is sealed: the smallest that holds it. */
export const sizeClasses = [4096, 16_384, 65_536, 131_072] as const

const lengthBytes = 4

/** Most bytes of content. */
export const maxContentBytes = Math.max(...sizeClasses) - lengthBytes

/** The content in its frame, of one of the {@link sizeClasses}. Throws `message-too-large`. */
export function pad(content: Uint8Array): Uint8Array {
  const size = classOf(content.length)
  if (size === undefined) {
    throw new NodeError(
      'message-too-large',
      `a message takes ${content.length} bytes; at most ${maxContentBytes} can be sealed: put the rest into an attachment`,
    )
  }
  const framed = new Uint8Array(size)
  new DataView(framed.buffer).setUint32(0, content.length)
  framed.set(content, lengthBytes)
  return framed
}

/** The content of a frame. Strict: another class than the smallest, or bytes behind the content, are refused. */
export function unpad(framed: Uint8Array): Uint8Array {
  if (!sizeClasses.some((size) => size === framed.length)) {
    throw malformed(`${framed.length} bytes were sealed; the sizes are ${sizeClasses.join(', ')}`)
  }
  const length = new DataView(framed.buffer, framed.byteOffset).getUint32(0)
  if (classOf(length) !== framed.length) {
    throw malformed(`${length} bytes of content do not belong into a frame of ${framed.length}`)
  }
  const end = lengthBytes + length
  if (framed.subarray(end).some((byte) => byte !== 0)) throw malformed('there are bytes behind the content')
  return framed.subarray(lengthBytes, end)
}

function classOf(length: number): number | undefined {
  return sizeClasses.find((size) => lengthBytes + length <= size)
}

function malformed(why: string): NodeError {
  return new NodeError('malformed-message', `the seal was opened, and what is in it is no message: ${why}`)
}
