import { concatBytes, fromUtf8, utf8 } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { type Cosigner, cosignerOf, timestampBytes, timestampOf } from './cosignature.ts'
import { isCount } from './decimal.ts'
import type { SigningKey } from './ed25519-note.ts'
import { LogError } from './errors.ts'
import { requireHash, type Sha256 } from './hasher.ts'
import { keyId, noteType, type VerifierKey } from './note-key.ts'
import type { NoteVerifier } from './note.ts'

/**
 * ML-DSA-44 cosignatures (C2SP tlog-cosignature, type 0x06): over a checkpoint or a subtree, naming
 * the cosigner. A log may sign its own checkpoints with them. The algorithm itself is injected.
 *
 *     struct {
 *         uint8 label[12] = "subtree/v1\n\0";
 *         opaque cosigner_name<1..2^8-1>;      each opaque behind one byte of length
 *         uint64 timestamp;                    0 if start > 0
 *         opaque log_origin<1..2^8-1>;
 *         uint64 start;                        0 for a checkpoint
 *         uint64 end;                          the tree size for a checkpoint
 *         uint8 hash[32];
 *     } cosigned_message;
 */
export interface SubtreeStatement {
  readonly cosigner: string
  /** Whole seconds since the epoch; 0 says nothing about when, and nothing about "largest". */
  readonly timestamp: number
  readonly origin: string
  readonly start: number
  readonly end: number
  readonly hash: Uint8Array
}

/** Verifies ML-DSA-44 (FIPS 204) with raw keys and an empty context. */
export type VerifyMlDsa = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean

const mlDsaSignatureLength = 2420

/**
 * The message that an ML-DSA-44 cosignature signs.
 *
 * @throws LogError `malformed-cosignature`, `malformed-hash`
 */
export function subtreeCosignatureMessage(statement: SubtreeStatement): Uint8Array {
  const { cosigner, timestamp, origin, start, end, hash } = statement
  if (!isCount(start) || !isCount(end) || start > end || (start > 0 && timestamp !== 0)) {
    throw new LogError(
      'malformed-cosignature',
      `subtree [${start}, ${end}) at ${timestamp}: only a start of 0 has a time`,
    )
  }
  requireHash(hash, 'the root of the subtree')
  return concatBytes(
    utf8('subtree/v1\n\0'),
    opaque(cosigner, "the cosigner's name"),
    timestampBytes(timestamp),
    opaque(origin, 'the origin'),
    timestampBytes(start),
    timestampBytes(end),
    hash,
  )
}

/**
 * A witness's ML-DSA-44 key under its name. The message names who signs, so one key may serve several names.
 *
 * It signs origin, size and root, and says nothing about extension lines. A timestamp of 0 is refused: a cosignature of
 * a witness must say when (tlog-witness, *add-checkpoint*).
 */
export function mlDsaCosigner(name: string, key: SigningKey, sha256: Sha256): Cosigner {
  const { publicKey } = key
  const identity = {
    name,
    keyId: keyId(name, noteType.mlDsa44, publicKey, sha256),
    type: noteType.mlDsa44,
    publicKey,
  }
  return cosignerOf(identity, key, (text, timestamp) => {
    if (timestamp === 0) throw new LogError('malformed-cosignature', 'a witness says when it cosigns: timestamp 0')
    const { origin, size, root } = parseCheckpoint(text)
    return subtreeCosignatureMessage({ cosigner: name, timestamp, origin, start: 0, end: size, hash: root })
  })
}

/**
 * Verifies ML-DSA-44 cosignatures of checkpoints. The extension lines of a checkpoint are not under
 * such a signature, so a checkpoint that has any does not verify.
 *
 * @throws LogError `malformed-key` if the key is of another type.
 */
export function mlDsaCosignatureVerifier(key: VerifierKey, verify: VerifyMlDsa): NoteVerifier {
  if (key.type !== noteType.mlDsa44) {
    throw new LogError('malformed-key', `key ${key.name} has signature type ${key.type}: an ML-DSA-44 key has type 6`)
  }
  return {
    name: key.name,
    keyId: key.keyId,
    type: key.type,
    verify(text, signature) {
      const timestamp = timestampOf(signature)
      if (timestamp === undefined || signature.length !== 8 + mlDsaSignatureLength) return false
      const message = checkpointMessage(key.name, timestamp, text)
      return message !== undefined && verify(key.publicKey, message, signature.subarray(8))
    },
  }
}

function checkpointMessage(cosigner: string, timestamp: number, text: Uint8Array): Uint8Array | undefined {
  try {
    const { origin, size, root, extensions } = parseCheckpoint(fromUtf8(text) ?? '')
    if (extensions !== undefined) return undefined
    return subtreeCosignatureMessage({ cosigner, timestamp, origin, start: 0, end: size, hash: root })
  } catch (error) {
    if (error instanceof LogError) return undefined
    throw error
  }
}

function opaque(text: string, what: string): Uint8Array {
  const bytes = utf8(text)
  if (bytes.length < 1 || bytes.length > 255) {
    throw new LogError('malformed-cosignature', `${what} has ${bytes.length} bytes: must be 1 to 255`)
  }
  return concatBytes(Uint8Array.of(bytes.length), bytes)
}
