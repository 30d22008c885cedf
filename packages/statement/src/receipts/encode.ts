import { CborWriter, headBytes, stringBytes } from '../cbor-write.ts'
import { encodeCbor } from '../cbor-value.ts'
import {
  CLAIM_IAT,
  CLAIM_ISS,
  CLAIM_SUB,
  COSE_ALGORITHM,
  LABEL_ALG,
  LABEL_CWT_CLAIMS,
  LABEL_KID,
  LABEL_VDP,
  LABEL_VDS,
  VDP_CONSISTENCY,
  VDP_INCLUSION,
  VDS_RFC9162_SHA256,
} from '../cose-labels.ts'
import { sigStructure, writeSign1 } from '../cose-sign1.ts'
import type { Algorithm, Signer } from '../crypto-port.ts'

/** An entry is in the tree of `size` at `index` (RFC 9162 §2.1.3). */
export interface InclusionProof {
  readonly size: number
  readonly index: number
  readonly path: readonly Uint8Array[]
}

/** The tree of size `from` is a prefix of the tree of size `to` (RFC 9162 §2.1.4). */
export interface ConsistencyProof {
  readonly from: number
  readonly to: number
  readonly path: readonly Uint8Array[]
}

/** What the signature of a receipt says. Nothing in it belongs to one entry, so one signature serves a batch. */
export interface ReceiptClaims {
  readonly alg: Algorithm
  readonly kid: Uint8Array
  /** The keeper of the log: a party URN. */
  readonly iss: string
  /** The log; `sub` in the claims. */
  readonly origin: string
  /** Time of the batch, whole seconds since the epoch. */
  readonly iat: number
}

/** A root signed once, from which the receipts of a whole batch are made. */
export interface SignedRoot {
  readonly protectedBytes: Uint8Array
  readonly signature: Uint8Array
}

/**
 * Protected header of a receipt and the bytes to sign over `root` (RFC 9942 §5.2.1):
 *
 *     { 1: alg, 4: kid, 15: { 1: iss, 2: origin, 6: iat }, 395: 1 }
 */
export function receiptToBeSigned(
  claims: ReceiptClaims,
  root: Uint8Array,
): { readonly protectedBytes: Uint8Array; readonly toBeSigned: Uint8Array } {
  const protectedBytes = encodeCbor(
    new Map<number, unknown>([
      [LABEL_ALG, COSE_ALGORITHM[claims.alg]],
      [LABEL_KID, claims.kid],
      [
        LABEL_CWT_CLAIMS,
        new Map<number, unknown>([
          [CLAIM_ISS, claims.iss],
          [CLAIM_SUB, claims.origin],
          [CLAIM_IAT, claims.iat],
        ]),
      ],
      [LABEL_VDS, VDS_RFC9162_SHA256],
    ]),
  )
  return { protectedBytes, toBeSigned: sigStructure(protectedBytes, root) }
}

/** Signs a root once for all receipts of a batch. */
export function signRoot(signer: Signer, claims: Omit<ReceiptClaims, 'alg' | 'kid'>, root: Uint8Array): SignedRoot {
  const { protectedBytes, toBeSigned } = receiptToBeSigned({ alg: signer.alg, kid: signer.kid, ...claims }, root)
  return { protectedBytes, signature: signer.sign(toBeSigned) }
}

/** Receipt of inclusion; the root is detached, the verifier computes it (RFC 9942 §5.2). */
export function encodeReceipt({ protectedBytes, signature }: SignedRoot, proof: InclusionProof): Uint8Array {
  const unprotected = proofHeader(VDP_INCLUSION, proof.size, proof.index, proof.path)
  return writeSign1(protectedBytes, undefined, signature, unprotected)
}

/** Receipt of consistency; the newer root is its payload (RFC 9942 §5.3). */
export function encodeConsistencyReceipt(
  { protectedBytes, signature }: SignedRoot,
  proof: ConsistencyProof,
  newerRoot: Uint8Array,
): Uint8Array {
  const unprotected = proofHeader(VDP_CONSISTENCY, proof.from, proof.to, proof.path)
  return writeSign1(protectedBytes, newerRoot, signature, unprotected)
}

/** `{396: {type: [bstr .cbor [first, second, [* bstr]]]}}`, written by hand: one for each statement of a batch. */
function proofHeader(type: number, first: number, second: number, path: readonly Uint8Array[]): Uint8Array {
  const hashes = path.reduce((sum, hash) => sum + stringBytes(hash.length), 0)
  const inner = 1 + headBytes(first) + headBytes(second) + headBytes(path.length) + hashes
  const writer = new CborWriter(1 + headBytes(LABEL_VDP) + 3 + stringBytes(inner))
  writer.head(5, 1)
  writer.head(0, LABEL_VDP)
  writer.head(5, 1)
  writer.head(1, -1 - type)
  writer.head(4, 1)
  writer.head(2, inner)
  writer.head(4, 3)
  writer.head(0, first)
  writer.head(0, second)
  writer.head(4, path.length)
  for (const hash of path) writer.byteString(hash)
  return writer.bytes
}
