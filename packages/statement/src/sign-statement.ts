import { canonicalJsonBytes } from './canonical-json.ts'
import { sigStructure, writeSign1 } from './cose-sign1.ts'
import type { Signer } from './crypto-port.ts'
import { encodeProtectedHeader } from './protected-header.ts'
import { attachReceipts } from './receipts/attach.ts'

/** What a statement says, before it is signed. */
export interface StatementDraft {
  readonly kind: string
  readonly iss: string
  readonly sub: string
  /** Whole seconds since the epoch. */
  readonly iat: number
  /** An object is written as canonical JSON; bytes are signed as they are. */
  readonly payload: object | Uint8Array
  readonly signer: Signer
  /** Receipts to carry along in the unprotected header. */
  readonly receipts?: readonly Uint8Array[]
}

/**
 * Signs a statement and returns the tagged COSE_Sign1. It checks little of what the receiver will
 * check: run `readPayload(decodeStatement(...))` on the result to know that it would be accepted.
 */
export function signStatement(draft: StatementDraft): Uint8Array {
  const payload = draft.payload instanceof Uint8Array ? draft.payload : canonicalJsonBytes(draft.payload)
  const { kind, iss, sub, iat, signer } = draft
  const protectedBytes = encodeProtectedHeader({ alg: signer.alg, kid: signer.kid, kind, iss, sub, iat })
  const signature = signer.sign(sigStructure(protectedBytes, payload))
  const bytes = writeSign1(protectedBytes, payload, signature)
  return draft.receipts === undefined ? bytes : attachReceipts(bytes, draft.receipts)
}
