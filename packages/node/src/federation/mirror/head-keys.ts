import { sha256, treeHasher, verify } from '@comity/crypto'
import {
  type EquivocationProof,
  LogError,
  type NoteVerifier,
  type PrefixShown,
  type VerifierKey,
  ed25519Verifier,
  equivocationProof,
  formatVerifierKey,
  noteType,
  openCheckpoint,
  parseVerifierKey,
  verifyEquivocation,
} from '@comity/log'
import { FederationError } from '../federation-error.ts'
import { type Head, withoutCosignatures } from './head.ts'

/** Log keys that were pinned when a peer was added. Throws FederationError `bad-verifier-key`, `wrong-log-key`. */
export function pinnedKeys(texts: readonly string[], origin: string): readonly VerifierKey[] {
  return texts.map((text) => {
    const key = readKey(text)
    if (key.type !== noteType.ed25519)
      throw new FederationError('bad-verifier-key', `${text.slice(0, 200)} is no Ed25519 key of a log (type 01)`)
    if (key.name === origin) return key
    throw new FederationError('wrong-log-key', `the key is one of ${key.name}; a log signs under its origin, ${origin}`)
  })
}

/**
 * Which of these keys signed the head, if one did. Throws FederationError `head-unsigned` where a line names one of them
 * and does not hold.
 */
export function signerOf(head: Head, keys: readonly VerifierKey[]): VerifierKey | undefined {
  try {
    const { verified } = openCheckpoint(head.note, head.origin, verifiersOf(keys))
    return keys.find(({ keyId }) => verified.some((line) => line.keyId === keyId))
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    if (error.code === 'signature-missing') return undefined
    throw new FederationError('head-unsigned', `the checkpoint of ${head.origin} is not signed: ${error.message}`, {
      cause: error,
    })
  }
}

/** Whether one of these keys signed the head. Throws as {@link signerOf}. */
export function isSigned(head: Head, keys: readonly VerifierKey[]): boolean {
  return signerOf(head, keys) !== undefined
}

/** Throws FederationError `head-unsigned` where none of these keys signed the head. `which` says whose they are. */
export function requireSigned(head: Head, keys: readonly VerifierKey[], which: string): void {
  if (!isSigned(head, keys)) throw unsigned(head, `with ${which}`)
}

/** Whether a key is among these; two that share an identifier are told apart. */
export function includesKey(keys: readonly VerifierKey[], key: VerifierKey): boolean {
  return keys.some(({ keyId, publicKey }) => keyId === key.keyId && Buffer.compare(publicKey, key.publicKey) === 0)
}

export function unsigned({ origin, size }: Head, how: string): FederationError {
  return new FederationError('head-unsigned', `the checkpoint of ${origin} at size ${size} is not signed ${how}`)
}

/**
 * Two heads that contradict each other, as evidence for everybody. It is checked here as anybody would check it, so that
 * nobody is accused with a proof that does not hold.
 *
 * Throws LogError `proof-invalid` where they do not contradict each other.
 */
export function evidenceOf(
  heads: readonly [Head, Head],
  prefix: PrefixShown | undefined,
  { keys, keeper }: { readonly keys: readonly VerifierKey[]; readonly keeper: string },
): EquivocationProof {
  const notes: [string, string] = [withoutCosignatures(heads[0]), withoutCosignatures(heads[1])]
  const proof = equivocationProof(notes, prefix, { keys: keys.map(formatVerifierKey), keeper })
  verifyEquivocation(treeHasher, proof, verifiersOf(keys))
  return proof
}

/** The same key may be pinned and named by the keeper. */
function verifiersOf(keys: readonly VerifierKey[]): readonly NoteVerifier[] {
  const distinct = new Map(keys.map((key) => [key.keyId, key]))
  return [...distinct.values()].map((key) => ed25519Verifier(key, verify))
}

function readKey(text: string): VerifierKey {
  try {
    return parseVerifierKey(text, sha256)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new FederationError('bad-verifier-key', error.message, { cause: error })
  }
}
