import { fromBase64, toBase64 } from './base64.ts'
import { concatBytes, toHex, utf8 } from './bytes.ts'
import { LogError } from './errors.ts'
import type { Sha256 } from './hasher.ts'
import { isKeyName, keyIdBytes, keyIdFrom } from './note.ts'

/**
 * Keys of signed notes (C2SP signed-note, *Signature types* and *Verifier keys*).
 *
 *     key ID = SHA-256(name || 0x0A || type || public key)[:4]
 *     vkey   = name+hex(key ID)+base64(type || public key)
 */

/** Signature type bytes that this library knows. */
export const noteType = { ed25519: 0x01, cosignature: 0x04, mlDsa44: 0x06 } as const

/** Bytes of a public key, for the types whose key ID is computed as above. */
const publicKeyLength: ReadonlyMap<number, number> = new Map([
  [noteType.ed25519, 32],
  [noteType.cosignature, 32],
  [noteType.mlDsa44, 1312],
])

const maxVerifierKeyLength = 4096

/** A public key under a name. */
export interface VerifierKey {
  readonly name: string
  readonly keyId: number
  readonly type: number
  readonly publicKey: Uint8Array
}

/** The key ID of a public key under a name (signed-note, *Signatures*). */
export function keyId(name: string, type: number, publicKey: Uint8Array, sha256: Sha256): number {
  return keyIdFrom(sha256(concatBytes(utf8(name), Uint8Array.of(0x0a, type), publicKey)))
}

/**
 * A verifier key from its parts, with the key ID computed.
 *
 * @throws LogError `malformed-key` for a name that cannot be in a note, an unknown type, or a public
 * key of the wrong length.
 */
export function verifierKey(name: string, type: number, publicKey: Uint8Array, sha256: Sha256): VerifierKey {
  const key = { name, keyId: keyId(name, type, publicKey, sha256), type, publicKey }
  requireKnownForm(key)
  return key
}

/** The key as text. */
export function formatVerifierKey(key: VerifierKey): string {
  const material = concatBytes(Uint8Array.of(key.type), key.publicKey)
  return `${key.name}+${toHex(keyIdBytes(key.keyId))}+${toBase64(material)}`
}

/**
 * The key that a vkey text holds. Its key ID must be the one that follows from the rest; types of
 * other specifications, whose IDs are computed differently, are refused.
 *
 * @throws LogError `malformed-key`
 */
export function parseVerifierKey(text: string, sha256: Sha256): VerifierKey {
  const key = readVerifierKey(text)
  const id = keyId(key.name, key.type, key.publicKey, sha256)
  if (key.keyId !== id) {
    throw new LogError('malformed-key', `verifier key ${shown(text)}: its key ID should be ${toHex(keyIdBytes(id))}`)
  }
  return key
}

/**
 * As {@link parseVerifierKey} for whoever has no hash function at hand: the key ID is the one that is written, not
 * compared with the rest.
 *
 * @throws LogError `malformed-key`
 */
export function readVerifierKey(text: string): VerifierKey {
  // A public key in base64 may hold a plus, a name may not: only the first two separate.
  const first = text.indexOf('+')
  const second = text.indexOf('+', first + 1)
  const id = text.slice(first + 1, second)
  const material = fromBase64(text.slice(second + 1))
  const isParted = first >= 0 && second >= 0 && /^[0-9a-f]{8}$/.test(id)
  if (text.length > maxVerifierKeyLength || !isParted || material?.[0] === undefined) {
    throw new LogError('malformed-key', `verifier key ${shown(text)}: expected name+keyid+base64`)
  }
  const key = {
    name: text.slice(0, first),
    keyId: Number.parseInt(id, 16),
    type: material[0],
    publicKey: material.subarray(1),
  }
  requireKnownForm(key)
  return key
}

function requireKnownForm(key: VerifierKey): void {
  if (!isKeyName(key.name)) {
    throw new LogError('malformed-key', `key name ${shown(key.name)}: must not be empty or hold a space or a plus`)
  }
  const length = publicKeyLength.get(key.type)
  if (length === undefined) {
    throw new LogError('malformed-key', `key ${key.name} has signature type ${key.type}: known are 1, 4 and 6`)
  }
  if (key.publicKey.length !== length) {
    throw new LogError(
      'malformed-key',
      `key ${key.name} has ${key.publicKey.length} bytes: type ${key.type} has ${length}`,
    )
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
