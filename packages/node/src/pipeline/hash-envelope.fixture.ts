import type { Actor } from '@comity/testkit'

/** A foreign Hash Envelope (draft-ietf-cose-hash-envelope) as another SCITT client would sign it: over SHA-256. */
export function hashEnvelope(author: Actor, sub: string, digest: Uint8Array, iat: number): Uint8Array {
  const { signer, urn } = author
  const claims = [head(5, 3), head(0, 1), text(urn), head(0, 2), text(sub), head(0, 6), head(0, iat)]
  // Members in the order of their labels: alg EdDSA, kid, claims, payload hash SHA-256 (-16), its content's type.
  const algorithm = [head(0, 1), head(1, 7), head(0, 4), bytes(signer.kid)]
  const hashed = [head(0, 258), head(1, 15), head(0, 259), text('application/spdx+json')]
  const protectedBytes = Buffer.concat([head(5, 5), ...algorithm, head(0, 15), ...claims, ...hashed])
  const toBeSigned = [head(4, 4), text('Signature1'), bytes(protectedBytes), bytes(new Uint8Array()), bytes(digest)]
  const signature = signer.sign(Buffer.concat(toBeSigned))
  return Buffer.concat([head(6, 18), head(4, 4), bytes(protectedBytes), head(5, 0), bytes(digest), bytes(signature)])
}

/** The head of a CBOR item: major type and argument, in its shortest form. */
function head(major: number, argument: number): Buffer {
  const type = major << 5
  if (argument < 24) return Buffer.of(type | argument)
  if (argument < 0x100) return Buffer.of(type | 24, argument)
  if (argument < 0x10000) return Buffer.of(type | 25, argument >> 8, argument & 0xff)
  const long = Buffer.of(type | 26, 0, 0, 0, 0)
  long.writeUInt32BE(argument, 1)
  return long
}

function bytes(value: Uint8Array): Buffer {
  return Buffer.concat([head(2, value.length), value])
}

function text(value: string): Buffer {
  const encoded = Buffer.from(value)
  return Buffer.concat([head(3, encoded.length), encoded])
}
