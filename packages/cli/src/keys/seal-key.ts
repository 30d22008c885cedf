/** The key with which a party opens what is sealed to it. Its private part goes to the node that hosts the party. */
import { type PartyPayload, partyKeyThumbprint, toHex, type X25519Jwk } from '@comity/statement'
import { generateKeyPairSync } from 'node:crypto'
import { crypto } from '../crypto-port.ts'

export interface NewSealKey {
  /** Thumbprint, 64 hexadecimal digits. */
  readonly kid: string
  /** As the `keys` of a party statement list it. */
  readonly entry: PartyPayload['keys'][number]
  /** Private JWK (RFC 8037). */
  readonly jwk: object
}

/** A new key of X25519. */
export function newSealKey(): NewSealKey {
  const jwk = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' })
  const publicJwk: X25519Jwk = { kty: 'OKP', crv: 'X25519', x: jwk.x ?? '' }
  return {
    kid: toHex(partyKeyThumbprint(publicJwk, crypto)),
    entry: { jwk: publicJwk, roles: ['seal'] },
    jwk: { ...publicJwk, d: jwk.d },
  }
}
