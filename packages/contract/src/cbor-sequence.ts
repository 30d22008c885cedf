import { StatementError } from '@comity/statement'
import { CborCursor } from './cbor-cursor.ts'

/** Most statements that one request may bring: a batch of the log. */
export const maxSequenceItems = 1024

/**
 * Cuts a CBOR sequence (RFC 8742) into the bytes of its items, as views into `bytes`. It looks no deeper than where an
 * item ends.
 *
 * Throws StatementError `not-cbor` with the number of the item and the byte at which it goes wrong.
 */
export function splitCborSequence(bytes: Uint8Array, maxItems = maxSequenceItems): readonly Uint8Array[] {
  const cursor = new CborCursor(bytes)
  const items: Uint8Array[] = []
  while (!cursor.atEnd) {
    if (items.length === maxItems) {
      throw new StatementError(
        'not-cbor',
        `the sequence has more than ${maxItems} items; send the rest in another request`,
      )
    }
    const start = cursor.offset
    try {
      cursor.skip()
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      throw new StatementError('not-cbor', `item ${items.length} of the sequence: ${error.message}`)
    }
    items.push(bytes.subarray(start, cursor.offset))
  }
  return items
}

/** Puts items together to a CBOR sequence: their bytes one after another. */
export function joinCborSequence(items: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(items.reduce((sum, item) => sum + item.length, 0))
  let offset = 0
  for (const item of items) {
    joined.set(item, offset)
    offset += item.length
  }
  return joined
}
