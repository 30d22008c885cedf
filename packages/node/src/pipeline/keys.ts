import type { Cosigner } from '@comity/log'
import type { Signer } from '@comity/statement'

/** Signs checkpoints as C2SP signed notes under the log's name. */
export interface CheckpointSigner {
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array
  /** The signed note of a checkpoint text. */
  signNote(text: string): string
}

/** What a running node signs with. The keeper's own signing key is not among them: it belongs to people. */
export interface NodeKeys {
  /** Role `receipt`: receipts, time leaves and refusals. */
  readonly receipt: Signer
  /** Role `log`: checkpoints. */
  readonly log: CheckpointSigner
  /** Role `sign` for the kind `findings` alone, so that findings can be published daily without a person. */
  readonly findings?: Signer
  /**
   * Role `witness`: cosigns checkpoints of other logs, one line with each key (Ed25519, ML-DSA-44). Nothing else is signed
   * with them. A node without them is no witness.
   */
  readonly witness?: readonly Cosigner[]
}
