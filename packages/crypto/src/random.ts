import { randomBytes as nodeRandomBytes, timingSafeEqual } from 'node:crypto'

/** Bytes from the system's cryptographic random generator. */
export function randomBytes(length: number): Uint8Array {
  return new Uint8Array(nodeRandomBytes(length))
}

/** Whether two secrets are equal, in a time that depends only on their lengths. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
