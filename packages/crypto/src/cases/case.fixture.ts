import type { Algorithm } from '../strict-form.ts'

/** A signature and whether it is valid. All bytes are hex. */
export interface SignatureCase {
  readonly name: string
  readonly alg: Algorithm
  readonly publicKey: string
  readonly message: string
  readonly signature: string
  readonly valid: boolean
}

/** A committed file of vectors. */
export interface SignatureFile {
  readonly about: string
  readonly from: string
  readonly cases: readonly SignatureCase[]
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** An integer as 32 bytes, most significant first. */
export function bigEndian32(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'))
}

/** An integer as 32 bytes, least significant first. */
export function littleEndian32(value: bigint): Uint8Array {
  return bigEndian32(value).reverse()
}
