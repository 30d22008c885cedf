import { ExposureError } from '../exposure-error.ts'
import { type DocumentBounds, parseJson } from './parse-json.ts'
import { repeatedMember } from './repeated-member.ts'

/**
 * {@link parseJson} for what is signed or decides whom to trust: a name that stands twice in one object refuses the
 * document too. Throws `ExposureError` as that does, and `repeated-member` with the place of the second one.
 */
export function parseStrictJson(bytes: Uint8Array, bounds: DocumentBounds, noun: string): unknown {
  const value = parseJson(bytes, bounds, noun)
  const repeated = repeatedMember(new TextDecoder().decode(bytes))
  if (repeated === undefined) return value
  throw new ExposureError('repeated-member', `${noun} names every member once, and this one stands twice`, repeated)
}
