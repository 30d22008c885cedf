import { sha256, verify } from '@comity/crypto'
import { type NoteVerifier, type VerifierKey, ed25519Verifier, noteType, verifierKey } from '@comity/log'
import { type PartyState, rawKey } from '@comity/statement'

/**
 * Verifiers of the keeper's log keys that counted at some index of `[from, to)`: a checkpoint is signed after its last
 * batch, and a batch that changes the log key may be signed with either.
 */
export function logKeys(keeper: PartyState, origin: string, from: number, to: number): readonly NoteVerifier[] {
  return logVerifierKeys(keeper, origin, from, to).map((key) => ed25519Verifier(key, verify))
}

/** The same as keys that can be written down. */
export function logVerifierKeys(keeper: PartyState, origin: string, from: number, to: number): readonly VerifierKey[] {
  const keys = keeper.keys
    .filter((key) => key.roles.includes('log') && key.from < to && (key.to === undefined || key.to > from))
    .map(rawKey)
    .filter(({ alg }) => alg === 'EdDSA')
    .map(({ bytes }) => verifierKey(origin, noteType.ed25519, bytes, sha256))
  // A key that came back, or whose other roles changed, stands in the state twice.
  return [...new Map(keys.map((key) => [key.keyId, key])).values()]
}
