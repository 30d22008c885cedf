/**
 * Dead Simple Signing Envelope (github.com/secure-systems-lab/dsse, protocol and envelope v1):
 *
 *     { "payloadType": "application/vnd.in-toto+json", "payload": "<base64>",
 *       "signatures": [ { "keyid": "…", "sig": "<base64>" } ] }
 *
 * What is signed is not the payload but PAE(type, payload), so that no payload can pass as one of another type.
 */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { fromBase64 } from './base64.ts'
import type { ProvenanceLimits } from './provenance-limits.ts'

export interface DsseSignature {
  /** A hint at most: not authenticated, and never what decides which key counts. */
  readonly keyid?: string
  readonly signature: Uint8Array
}

export interface DsseEnvelope {
  readonly payloadType: string
  readonly payload: Uint8Array
  readonly signatures: readonly DsseSignature[]
}

/** A key that signatures of envelopes are tried under. */
export interface DsseKey {
  /** Whose it is, in words. */
  readonly owner: string
  /** Its thumbprint (RFC 9679) in hexadecimal. */
  readonly kid: string
  verifies(message: Uint8Array, signature: Uint8Array): boolean
}

/** Payload type of in-toto statements (in-toto attestation framework, envelope layer). */
export const inTotoPayloadType = 'application/vnd.in-toto+json'

const encoder = new TextEncoder()

/** `DSSEv1 SP LEN(type) SP type SP LEN(body) SP body`, lengths in decimal octets (DSSE protocol, "signature definition"). */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = encoder.encode(payloadType)
  const head = encoder.encode(`DSSEv1 ${type.length} `)
  const middle = encoder.encode(` ${payload.length} `)
  const encoded = new Uint8Array(head.length + type.length + middle.length + payload.length)
  encoded.set(head)
  encoded.set(type, head.length)
  encoded.set(middle, head.length + type.length)
  encoded.set(payload, head.length + type.length + middle.length)
  return encoded
}

/** Reads an envelope out of parsed JSON. Throws `ExposureError` `bad-envelope`, `too-many`. */
export function readEnvelope(
  json: Readonly<Record<string, unknown>>,
  pointer: string,
  limits: Pick<ProvenanceLimits, 'signatures' | 'text'>,
): DsseEnvelope {
  const { payloadType, payload, signatures } = json
  if (typeof payloadType !== 'string' || payloadType === '' || payloadType.length > limits.text) {
    throw bad(`${pointer}/payloadType`, 'an envelope has the text "payloadType"')
  }
  if (!payloadType.isWellFormed()) throw bad(`${pointer}/payloadType`, '"payloadType" is no well-formed text')
  const octets = typeof payload === 'string' ? fromBase64(payload) : undefined
  if (octets === undefined) throw bad(`${pointer}/payload`, '"payload" is a text in base64')
  if (!Array.isArray(signatures) || signatures.length === 0) {
    throw bad(`${pointer}/signatures`, 'an envelope has at least one signature')
  }
  if (signatures.length > limits.signatures) {
    throw new ExposureError(
      'too-many',
      `at most ${limits.signatures} signatures of an envelope are read`,
      `${pointer}/signatures`,
    )
  }
  return {
    payloadType,
    payload: octets,
    signatures: signatures.map((each: unknown, i) => readSignature(each, `${pointer}/signatures/${i}`)),
  }
}

function readSignature(json: unknown, pointer: string): DsseSignature {
  if (!isObject(json)) throw bad(pointer, 'a signature is an object with "sig" and perhaps "keyid"')
  const { sig, keyid } = json
  const signature = typeof sig === 'string' && sig !== '' ? fromBase64(sig) : undefined
  if (signature === undefined) throw bad(`${pointer}/sig`, '"sig" is a text in base64')
  if (keyid === undefined || keyid === null || keyid === '') return { signature }
  if (typeof keyid !== 'string' || keyid.length > 1024) {
    throw bad(`${pointer}/keyid`, '"keyid" is a text of at most 1024 characters')
  }
  return { signature, keyid }
}

/** The keys among these under which a signature of the envelope verifies; `keyid` is not looked at. */
export function keysOfEnvelope<K extends DsseKey>(envelope: DsseEnvelope, keys: readonly K[]): readonly K[] {
  const message = preAuthEncoding(envelope.payloadType, envelope.payload)
  return keys.filter((key) => envelope.signatures.some(({ signature }) => key.verifies(message, signature)))
}

function bad(pointer: string, message: string): ExposureError {
  return new ExposureError('bad-envelope', message, pointer)
}
