import { sha256, sha256Hex, verify, verifyAsync } from '@comity/crypto'
import type { Algorithms } from '@comity/log'
import type { StatementCrypto } from '@comity/statement'

/** Node's own cryptography, in the shape that the browser-safe rooms take. */
export const crypto: StatementCrypto = { sha256, sha256Hex, verify, verifyAsync }

/** What signatures of notes are verified with: of logs, and of witnesses with either of their keys. */
export const noteAlgorithms: Algorithms = {
  ed25519: verify,
  mlDsa44: (publicKey, message, signature) => verify('ML-DSA-44', publicKey, message, signature),
}
