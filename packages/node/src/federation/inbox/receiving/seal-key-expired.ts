import { NodeError } from '../../../node-error.ts'

/** A message was sealed to a key whose time is over. Whoever sent it seals it once more, to the key that is named. */
export class SealKeyExpired extends NodeError {
  /** Thumbprint of the key to seal to now, 64 hex digits. */
  readonly kid: string

  constructor(kid: string) {
    super('seal-key-expired', `the message is sealed to a key whose time is over: seal it to the key ${kid}`)
    this.kid = kid
  }
}
