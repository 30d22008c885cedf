import type { Sha256 } from './hasher.ts'
import { LogError } from './errors.ts'
import { keyId, noteType, type VerifierKey } from './note-key.ts'
import type { NoteSigner, NoteVerifier } from './note.ts'

/**
 * Verifies a signature with raw keys; injected. It must be strict (RFC 8032 §5.1.7: no small-order
 * keys, no S ≥ L) if all readers of a log are to agree about it.
 */
export type Verify = (alg: 'EdDSA', publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

/** A key that can sign; the private part stays where it is. */
export interface SigningKey {
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
  /** The same off this thread, where there is such a thing. */
  signAsync?(message: Uint8Array): Promise<Uint8Array>
}

/** An Ed25519 key. */
export type Ed25519Key = SigningKey

/**
 * Signs notes under a name with plain Ed25519 (C2SP signed-note, type 0x01), as a log signs its
 * checkpoints.
 */
export function ed25519Signer(name: string, key: Ed25519Key, sha256: Sha256): NoteSigner {
  return {
    name,
    keyId: keyId(name, noteType.ed25519, key.publicKey, sha256),
    sign: (text) => key.sign(text),
  }
}

/**
 * Verifies plain Ed25519 signatures of notes.
 *
 * @throws LogError `malformed-key` if the key is of another type.
 */
export function ed25519Verifier(key: VerifierKey, verify: Verify): NoteVerifier {
  if (key.type !== noteType.ed25519) {
    throw new LogError('malformed-key', `key ${key.name} has signature type ${key.type}: a note key has type 1`)
  }
  return {
    name: key.name,
    keyId: key.keyId,
    type: key.type,
    verify: (text, signature) => signature.length === 64 && verify('EdDSA', key.publicKey, text, signature),
  }
}
