import { decodeCbor } from '../cbor-value.ts'
import {
  algorithmOf,
  CLAIM_IAT,
  CLAIM_ISS,
  CLAIM_SUB,
  LABEL_ALG,
  LABEL_CWT_CLAIMS,
  LABEL_KID,
  LABEL_VDP,
  LABEL_VDS,
  VDP_CONSISTENCY,
  VDP_INCLUSION,
  VDS_RFC9162_SHA256,
} from '../cose-labels.ts'
import { readSign1, type Sign1, unprotectedEntry } from '../cose-sign1.ts'
import type { Algorithm } from '../crypto-port.ts'
import { toHex } from '../hex.ts'
import { StatementError } from '../statement-error.ts'
import type { ConsistencyProof, InclusionProof } from './encode.ts'

/** A decoded receipt, not yet verified. Members after `alg` may be missing in receipts of other services. */
export interface Receipt {
  readonly alg: Algorithm
  readonly kid: Uint8Array | undefined
  readonly kidHex: string | undefined
  readonly iss: string | undefined
  /** Origin of the log: claim `sub`. */
  readonly origin: string | undefined
  /** Whole seconds since the epoch. */
  readonly iat: number | undefined
  readonly protectedBytes: Uint8Array
  readonly signature: Uint8Array
  /** The root where it is attached: usual for consistency, not for inclusion. */
  readonly root: Uint8Array | undefined
  readonly proof:
    | ({ readonly type: 'inclusion' } & InclusionProof)
    | ({ readonly type: 'consistency' } & ConsistencyProof)
}

const MAX_RECEIPT_BYTES = 16_384
/** A tree of 2^53 entries has paths of 53 hashes; a consistency proof one more. */
const MAX_PATH = 64
const HASH_BYTES = 32

/**
 * Decodes a receipt (RFC 9942). Its protected header is read as it is, in any order, since services
 * in use do not sort it; an empty path is accepted, because a tree of one entry has one.
 * Throws StatementError `bad-receipt`, or `unknown-algorithm`.
 */
export function decodeReceipt(bytes: Uint8Array): Receipt {
  if (bytes.length > MAX_RECEIPT_BYTES) throw bad(`it has ${bytes.length} bytes; the limit is ${MAX_RECEIPT_BYTES}`)
  const { protectedBytes, unprotectedBytes, payload, signature } = readOuter(bytes)
  const header = decodeCbor(protectedBytes, 'the protected header of the receipt', 'bad-receipt')
  if (!(header instanceof Map)) throw bad('its protected header is not a map')
  const alg = algorithmOf(header.get(LABEL_ALG))
  if (alg === undefined) {
    throw new StatementError(
      'unknown-algorithm',
      `the receipt's algorithm ${String(header.get(LABEL_ALG))} is not known`,
    )
  }
  if (header.get(LABEL_VDS) !== VDS_RFC9162_SHA256)
    throw bad('its data structure (label 395) is not RFC9162_SHA256 (1)')
  if (payload !== undefined && payload.length !== HASH_BYTES) throw bad('its payload is not a root of 32 bytes')
  const kid = optional(header, LABEL_KID, isBytes, 'kid')
  const claims = optional(header, LABEL_CWT_CLAIMS, isMap, 'CWT claims') ?? new Map<unknown, unknown>()
  return {
    alg,
    kid,
    kidHex: kid && toHex(kid),
    iss: optional(claims, CLAIM_ISS, isText, 'iss'),
    origin: optional(claims, CLAIM_SUB, isText, 'sub'),
    iat: optional(claims, CLAIM_IAT, isTime, 'iat'),
    protectedBytes,
    signature,
    root: payload,
    proof: readProof(unprotectedBytes),
  }
}

function readOuter(bytes: Uint8Array): Sign1 {
  try {
    return readSign1(bytes)
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error))
  }
}

/** `{396: {-1 or -2: [bstr]}}` with exactly one proof: one signature has one root. */
function readProof(unprotectedBytes: Uint8Array): Receipt['proof'] {
  const entry = unprotectedEntry(unprotectedBytes, LABEL_VDP)
  const proofs = entry === undefined ? undefined : decodeCbor(entry, 'the proofs of the receipt', 'bad-receipt')
  if (!(proofs instanceof Map)) throw bad('it has no proofs (label 396)')
  const inclusion = only(proofs.get(VDP_INCLUSION))
  const consistency = only(proofs.get(VDP_CONSISTENCY))
  if (inclusion !== undefined && consistency === undefined) {
    const [size, index, path] = readTriple(inclusion)
    if (index >= size) throw bad(`there is no entry ${index} in a tree of ${size}`)
    return { type: 'inclusion', size, index, path }
  }
  if (consistency !== undefined && inclusion === undefined) {
    const [from, to, path] = readTriple(consistency)
    return { type: 'consistency', from, to, path }
  }
  throw bad('it does not carry exactly one proof, of inclusion (-1) or of consistency (-2)')
}

function only(list: unknown): Uint8Array | undefined {
  return Array.isArray(list) && list.length === 1 && isBytes(list[0]) ? list[0] : undefined
}

function readTriple(bytes: Uint8Array): [number, number, readonly Uint8Array[]] {
  const triple = decodeCbor(bytes, 'the proof of the receipt', 'bad-receipt')
  if (!Array.isArray(triple) || triple.length !== 3) throw bad('its proof is not an array of three')
  const [first, second, path]: unknown[] = triple
  if (!isSize(first) || !isSize(second)) throw bad('the sizes in its proof are not numbers below 2^53')
  if (!Array.isArray(path) || path.length > MAX_PATH) throw bad('the path in its proof is not a list of hashes')
  return [first, second, path.map(hashOf)]
}

function hashOf(hash: unknown): Uint8Array {
  if (!isBytes(hash) || hash.length !== HASH_BYTES) throw bad('a hash in its proof does not have 32 bytes')
  return hash
}

function optional<T>(
  map: ReadonlyMap<unknown, unknown>,
  key: number,
  is: (value: unknown) => value is T,
  name: string,
): T | undefined {
  const value = map.get(key)
  if (value === undefined || is(value)) return value
  throw bad(`its ${name} has the wrong type`)
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  return value instanceof Map
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isTime(value: unknown): value is number {
  return isSize(value)
}

function bad(message: string): StatementError {
  return new StatementError('bad-receipt', `the receipt is not valid: ${message}`)
}
