import { ExposureError } from '../exposure-error.ts'
import { JsonMembers, type MemberSink, type ValueLimits } from './json-members.ts'

/** Large sources are pushed in slices of this size. */
const sliceBytes = 1024 * 1024

export interface MemberLimits extends ValueLimits {
  /** Octets of the document. */
  readonly bytes: number
}

/**
 * Hands the members and elements of a whole document to a sink as they come. `noun` is what the caller calls the
 * document. Throws `ExposureError`: `too-large`, and what {@link JsonMembers} and the sink throw.
 */
export async function readMembers(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  sink: MemberSink,
  limits: MemberLimits,
  noun: string,
): Promise<void> {
  const members = new JsonMembers(sink, limits)
  let bytes = 0
  for await (const chunk of source instanceof Uint8Array ? slices(source) : source) {
    bytes += chunk.length
    if (bytes > limits.bytes) throw new ExposureError('too-large', `${noun} may have ${limits.bytes} octets`)
    members.push(chunk)
  }
  members.end()
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes)
}
