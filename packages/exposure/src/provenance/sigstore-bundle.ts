/**
 * Sigstore bundles (sigstore protobuf-specs, `Bundle`, v0.1 to v0.3) as far as one can read them without trusting
 * anybody: which signature they carry and over what. Whether it counts is the door `sigstore`'s to say.
 *
 *     { "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "verificationMaterial": { … },
 *       "dsseEnvelope": { … } }        or        "messageSignature": { "messageDigest": { … }, "signature": … }
 */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { quoted } from '../problem.ts'
import { type DsseEnvelope, readEnvelope } from './dsse.ts'
import type { ProvenanceLimits } from './provenance-limits.ts'

export interface SigstoreBundle {
  readonly mediaType: string
  /** Absent where the bundle signs a file itself, and says nothing of it. */
  readonly envelope?: DsseEnvelope
  /** As it was read, names unique at every level. */
  readonly json: Readonly<Record<string, unknown>>
}

const mediaTypes: ReadonlySet<string> = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
])

/** Whether a JSON object is meant as a bundle. */
export function isBundle(json: Readonly<Record<string, unknown>>): boolean {
  const { mediaType } = json
  const saysSo = typeof mediaType === 'string' && mediaType.startsWith('application/vnd.dev.sigstore.bundle')
  return saysSo || Object.hasOwn(json, 'verificationMaterial')
}

/** Reads a bundle out of JSON. Throws `ExposureError` `bad-bundle`, `bad-envelope`, `too-many`. */
export function readBundle(
  json: Readonly<Record<string, unknown>>,
  pointer: string,
  limits: ProvenanceLimits,
): SigstoreBundle {
  const { mediaType, verificationMaterial, dsseEnvelope, messageSignature } = json
  if (typeof mediaType !== 'string' || !mediaTypes.has(mediaType)) {
    const shown = typeof mediaType === 'string' ? quoted(mediaType) : 'that'
    throw bad(`${pointer}/mediaType`, `bundles of versions 0.1 to 0.3 are read, and ${shown} is another`)
  }
  if (!isObject(verificationMaterial)) {
    throw bad(`${pointer}/verificationMaterial`, 'a bundle has the object "verificationMaterial"')
  }
  const { tlogEntries } = verificationMaterial
  if (Array.isArray(tlogEntries) && tlogEntries.length > limits.signatures) {
    throw new ExposureError(
      'too-many',
      `at most ${limits.signatures} entries of logs are read`,
      `${pointer}/verificationMaterial/tlogEntries`,
    )
  }
  if ((dsseEnvelope === undefined) === (messageSignature === undefined)) {
    throw bad(pointer, 'a bundle has either "dsseEnvelope" or "messageSignature"')
  }
  if (dsseEnvelope === undefined) return { mediaType, json }
  if (!isObject(dsseEnvelope)) throw bad(`${pointer}/dsseEnvelope`, '"dsseEnvelope" is an object')
  return { mediaType, json, envelope: readEnvelope(dsseEnvelope, `${pointer}/dsseEnvelope`, limits) }
}

function bad(pointer: string, message: string): ExposureError {
  return new ExposureError('bad-bundle', message, pointer)
}
