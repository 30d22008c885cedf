import { sha256Hex } from '@comity/crypto'
import { isStreamName } from '@comity/store'

/**
 * What the stream, the hashes and the cell of a mirrored log are called: `mirror/<origin>`. An origin may have up to 255
 * characters, a stream's name has fewer: then `mirror/~<SHA-256 of it>`, and no origin begins with a tilde.
 */
export function mirrorName(origin: string): string {
  const name = `mirror/${origin}`
  return isStreamName(name) ? name : `mirror/~${sha256Hex(Buffer.from(origin))}`
}
