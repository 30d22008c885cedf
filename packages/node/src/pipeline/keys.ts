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
}
