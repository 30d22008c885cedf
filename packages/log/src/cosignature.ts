import { concatBytes, fromUtf8, utf8 } from './bytes.ts'
import { isCount } from './decimal.ts'
import { LogError } from './errors.ts'
import type { Ed25519Key, SigningKey, Verify } from './ed25519-note.ts'
import type { Sha256 } from './hasher.ts'
import { keyId, noteType, type VerifierKey } from './note-key.ts'
import type { NoteSignature, NoteVerifier } from './note.ts'

/**
 * Ed25519 cosignatures (C2SP tlog-cosignature, type 0x04): a witness says that at a time this was
 * the largest consistent tree it had seen of the log.
 *
 *     signature line  = uint32 key ID || uint64 timestamp || 64-byte Ed25519 signature
 *     signed message  = "cosignature/v1\n" || "time " decimal "\n" || text of the checkpoint
 */

const cosignatureLength = 8 + 64

/**
 * The message that a cosignature signs.
 *
 * @param text the checkpoint's text with its final newline, without signature lines.
 * @param timestamp whole seconds since the epoch.
 */
export function cosignatureV1Message(text: string, timestamp: number): Uint8Array {
  requireTimestamp(timestamp)
  return utf8(`cosignature/v1\ntime ${timestamp}\n${text}`)
}

/** Signs checkpoints at a time. Unlike a `NoteSigner`, it has to be told the time. */
export interface Cosigner {
  readonly name: string
  readonly keyId: number
  readonly type: number
  readonly publicKey: Uint8Array
  /**
   * The signature line to add to the note.
   * @param text the checkpoint's text; that it is consistent was checked before.
   * @param timestamp whole seconds since the epoch.
   * @throws LogError `malformed-cosignature`, and for ML-DSA-44 `malformed-checkpoint`
   */
  cosign(text: string, timestamp: number): NoteSignature
  /** The same off this thread, where the key can. */
  cosignAsync(text: string, timestamp: number): Promise<NoteSignature>
}

/**
 * A witness's key under its name. The key must not sign anything else, nor serve a second witness:
 * the message does not name who signs.
 */
export function cosigner(name: string, key: Ed25519Key, sha256: Sha256): Cosigner {
  const { publicKey } = key
  const id = keyId(name, noteType.cosignature, publicKey, sha256)
  return cosignerOf({ name, keyId: id, type: noteType.cosignature, publicKey }, key, cosignatureV1Message)
}

/** A cosigner that signs what `messageOf` makes of a text and a time. */
export function cosignerOf(
  identity: VerifierKey,
  key: SigningKey,
  messageOf: (text: string, timestamp: number) => Uint8Array,
): Cosigner {
  const { name, keyId: id } = identity
  const line = (timestamp: number, signature: Uint8Array): NoteSignature => ({
    name,
    keyId: id,
    signature: concatBytes(timestampBytes(timestamp), signature),
  })
  return {
    ...identity,
    cosign: (text, timestamp) => line(timestamp, key.sign(messageOf(text, timestamp))),
    async cosignAsync(text, timestamp) {
      const message = messageOf(text, timestamp)
      return line(timestamp, key.signAsync === undefined ? key.sign(message) : await key.signAsync(message))
    },
  }
}

/**
 * Verifies cosignatures of one witness. Whether the time is acceptable is the caller's question:
 * see `cosignatureTime`.
 *
 * @throws LogError `malformed-key` if the key is of another type.
 */
export function cosignatureVerifier(key: VerifierKey, verify: Verify): NoteVerifier {
  if (key.type !== noteType.cosignature) {
    throw new LogError('malformed-key', `key ${key.name} has signature type ${key.type}: a cosignature key has type 4`)
  }
  return {
    name: key.name,
    keyId: key.keyId,
    type: key.type,
    verify(text, signature) {
      const timestamp = timestampOf(signature)
      const body = fromUtf8(text)
      if (signature.length !== cosignatureLength || timestamp === undefined || body === undefined) return false
      return verify('EdDSA', key.publicKey, cosignatureV1Message(body, timestamp), signature.subarray(8))
    },
  }
}

/**
 * When a cosignature says it was made, in whole seconds since the epoch. Believe it only after the
 * line was verified.
 *
 * @throws LogError `malformed-cosignature` if the line holds no such time.
 */
export function cosignatureTime(signature: NoteSignature): number {
  const timestamp = timestampOf(signature.signature)
  if (timestamp === undefined) {
    throw new LogError('malformed-cosignature', `the line of ${signature.name} holds no time below 2^53 seconds`)
  }
  return timestamp
}

/** A timestamp as it is written: uint64 big-endian. */
export function timestampBytes(timestamp: number): Uint8Array {
  requireTimestamp(timestamp)
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(timestamp))
  return bytes
}

/**
 * The timestamp at the start of a signature; undefined if there is none. The specification allows up
 * to 2^63 − 1; beyond 2^53 lies no date that anybody could mean.
 */
export function timestampOf(signature: Uint8Array): number | undefined {
  if (signature.length < 8) return undefined
  const value = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0)
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined
}

function requireTimestamp(timestamp: number): void {
  if (!isCount(timestamp)) {
    throw new LogError('malformed-cosignature', `timestamp ${timestamp}: must be whole seconds since the epoch`)
  }
}
