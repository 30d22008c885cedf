import { ExposureError } from '../exposure-error.ts'
import { checkJsonBounds, type JsonBounds } from './json-bounds.ts'

/** What a document may have at most before it is parsed. */
export interface DocumentBounds extends JsonBounds {
  /** Octets. */
  readonly bytes: number
}

/**
 * Parses a whole document once its size, depth and number of values are known to be bounded. `noun` is
 * what the caller calls the document. Throws `ExposureError`: `too-large`, `too-deep`, `too-many`,
 * `not-utf-8`, `not-json`.
 */
export function parseJson(bytes: Uint8Array, bounds: DocumentBounds, noun: string): unknown {
  if (bytes.length > bounds.bytes) throw new ExposureError('too-large', `${noun} may have ${bounds.bytes} octets`)
  checkJsonBounds(bytes, bounds)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ExposureError('not-utf-8', `${noun} is UTF-8, and this is not`)
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the document, which may be nobody else's business.
    throw new ExposureError('not-json', `${noun} is JSON, and this does not parse`)
  }
}
