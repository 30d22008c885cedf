/**
 * The trust root that a relier pins: a file `trusted_root.json` (sigstore protobuf-specs, `TrustedRoot`) with the
 * certificate authorities, logs and timestamp authorities that count. It is given, and never fetched: whoever could
 * choose it could choose who signed.
 */
import type { TrustedRoot as SigstoreRoot } from '@sigstore/protobuf-specs'
import type { TrustMaterial } from '@sigstore/verify'
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { parseStrictJson } from '../json/strict-json.ts'
import { sigstore } from './loaded.ts'

const bounds = { bytes: 4 * 1024 * 1024, depth: 32, values: 50_000 }
const mediaTypes = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[1-9]\+json)$/

/** What a trust root is made of, for people who ask what they rely on. */
export interface PinnedRoot {
  readonly material: TrustMaterial
  readonly authorities: number
  readonly logs: number
  readonly timestampAuthorities: number
}

/** Whether octets begin like a trust root. */
export function looksLikeTrustedRoot(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 1024)).toString('latin1').includes('vnd.dev.sigstore.trustedroot')
}

/** Reads a trust root. Throws `ExposureError` `bad-trusted-root`, and what `parseStrictJson` throws. */
export function parseTrustedRoot(bytes: Uint8Array): PinnedRoot {
  const json = parseStrictJson(bytes, bounds, 'a trust root')
  if (!isObject(json)) throw bad('', 'a trust root is an object')
  const { mediaType } = json
  if (typeof mediaType !== 'string' || !mediaTypes.test(mediaType)) {
    throw bad('/mediaType', '"mediaType" is not that of a sigstore trust root')
  }
  let root: SigstoreRoot
  let material: TrustMaterial
  try {
    root = sigstore.forms.TrustedRoot.fromJSON(json)
    material = sigstore.verify.toTrustMaterial(root)
  } catch {
    // What the parsers say quotes their own insides.
    throw bad('', 'a certificate or key in the trust root cannot be read')
  }
  // Without a beginning every key that anybody ever finds in such a file would count for all times.
  for (const list of ['tlogs', 'ctlogs'] as const) {
    const endless = root[list].findIndex(({ publicKey }) => publicKey?.validFor?.start === undefined)
    if (endless >= 0)
      throw bad(`/${list}/${endless}/publicKey/validFor/start`, 'a key of a log says from when it counts')
  }
  const { certificateAuthorities, tlogs, timestampAuthorities } = root
  if (certificateAuthorities.length + tlogs.length === 0) {
    throw bad('', 'the trust root names neither an authority nor a log')
  }
  return {
    material,
    authorities: certificateAuthorities.length,
    logs: tlogs.length,
    timestampAuthorities: timestampAuthorities.length,
  }
}

function bad(pointer: string, message: string): ExposureError {
  return new ExposureError('bad-trusted-root', message, pointer)
}
