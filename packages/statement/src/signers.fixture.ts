import * as crypto from '@comity/crypto'
import type { Algorithm, Signer, StatementCrypto } from './crypto-port.ts'
import { partyUrn } from './identifiers.ts'
import { canonicalJsonBytes } from './canonical-json.ts'
import { toHex } from './hex.ts'
import type { PartyPayload } from './kinds/party.ts'
import { type Jwk, jwkOf, keyThumbprint, type PublicKey } from './public-key.ts'

/** Server cryptography in the shape this room takes. */
export const port: StatementCrypto = crypto

/** A signer with everything a test wants to know about its key. */
export interface TestSigner extends Signer {
  readonly publicKey: PublicKey
  readonly jwk: Jwk
  readonly kidHex: string
}

/** The same Ed25519 signer each time for a seed of one repeated byte. */
export function signer(seed: number): TestSigner {
  return signerOf(crypto.ed25519FromSeed(new Uint8Array(32).fill(seed)))
}

/** The P-256 key of RFC 6979 A.2.5, whose signatures differ each time. */
export function es256Signer(): TestSigner {
  const { publicKey, sign } = crypto.privateKeyFromPkcs8(
    Buffer.from(
      '308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420' +
        'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721a14403420004' +
        '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6' +
        '7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
      'hex',
    ),
  )
  return signerOf({ alg: 'ES256', publicKey, sign })
}

function signerOf(key: {
  readonly alg: Algorithm
  readonly publicKey: Uint8Array
  sign(message: Uint8Array): Uint8Array
}): TestSigner {
  const publicKey: PublicKey = { alg: key.alg, bytes: key.publicKey }
  const kid = keyThumbprint(publicKey, port)
  return {
    kid,
    kidHex: toHex(kid),
    alg: key.alg,
    publicKey,
    jwk: jwkOf(publicKey),
    sign: (message) => key.sign(message),
  }
}

/** A first party payload with one `sign` key, and what is given. */
export function partyPayload(key: TestSigner, more: Partial<PartyPayload> = {}): PartyPayload {
  return {
    names: [{ language: 'en', text: 'North Gateways (fictitious)' }],
    type: 'provider',
    home: 'log.north.invalid',
    keys: [{ jwk: key.jwk, roles: ['sign'] }],
    ...more,
  }
}

/** The URN of the party that a first payload founds. */
export function urnOf(payload: PartyPayload): string {
  return partyUrn(canonicalJsonBytes(payload), port)
}

/** Runs `f` and returns the error's code, or `none`. */
export function codeOf(f: () => unknown): string {
  try {
    f()
    return 'none'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.name === 'StatementError') return String(error.code)
    throw error
  }
}
