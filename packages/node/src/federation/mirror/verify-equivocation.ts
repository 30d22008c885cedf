import { sha256, treeHasher, verify } from '@comity/crypto'
import {
  type Equivocation,
  type EquivocationProof,
  ed25519Verifier,
  parseVerifierKey,
  verifyEquivocation as verifyWith,
} from '@comity/log'

/**
 * Checks that a log signed two checkpoints that contradict each other, with Node's own cryptography. Asks nobody.
 *
 * @param keys the log's verifier keys (C2SP, `name+id+key`), from its keeper's statements and not from the proof.
 * @throws LogError `proof-invalid`, `signature-missing`, `signature-invalid`, `malformed-key`, as {@link verifyWith} throws.
 */
export function verifyEquivocation(proof: EquivocationProof, keys: readonly string[]): Equivocation {
  const verifiers = keys.map((text) => ed25519Verifier(parseVerifierKey(text, sha256), verify))
  return verifyWith(treeHasher, proof, verifiers)
}
