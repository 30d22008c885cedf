import { generateKeyPairSync } from 'node:crypto'
import { type PartyJwk, partyKeyThumbprint, toHex } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'

/** A key pair to open messages with. */
export interface SealPair {
  readonly kid: string
  readonly publicJwk: PartyJwk
  readonly privateJwk: object
}

export function sealPair(curve: 'P-256' | 'X25519' = 'P-256'): SealPair {
  const { privateKey } =
    curve === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('x25519')
  const privateJwk = privateKey.export({ format: 'jwk' })
  const { d: _, ...publicPart } = privateJwk
  const publicJwk = publicPart as PartyJwk // a public key of one of the two curves
  return { kid: toHex(partyKeyThumbprint(publicJwk, crypto)), publicJwk, privateJwk }
}
