import { sha256 } from '@comity/crypto'
import type { PartyJwk } from '@comity/statement'
import { createPrivateKey } from 'node:crypto'

/** A key pair to open messages with. */
export interface SealKeys {
  readonly publicJwk: PartyJwk
  readonly privateJwk: object
}

/** PKCS #8 of an X25519 key up to its 32 bytes (RFC 8410 §7). */
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** An X25519 key pair that repeats with its label. */
export function sealKeysFor(label: string): SealKeys {
  const secret = sha256(new TextEncoder().encode(`comity test key ${label} seal`))
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, secret]), format: 'der', type: 'pkcs8' })
  const privateJwk = key.export({ format: 'jwk' })
  const { x = '' } = privateJwk
  return { publicJwk: { kty: 'OKP', crv: 'X25519', x }, privateJwk }
}
