import {
  type PartyJwk,
  type PartyKey,
  type PartyState,
  isX25519,
  partyKeyThumbprint,
  toHex,
  x25519KeyOf,
} from '@comity/statement'
import {
  type KeyObject,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  timingSafeEqual,
} from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'

/** A public key that messages are sealed to. */
export interface SealKey {
  /** Thumbprint (RFC 9679), 64 hex digits. */
  readonly kid: string
  readonly publicKey: KeyObject
}

/** What a party keeps to open what is sealed to it. */
export interface OpeningKey {
  readonly kid: string
  readonly privateKey: KeyObject
}

const coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })

/** A private key as JSON: X25519 (RFC 8037) or P-256 (RFC 7518 §6.2). */
export const privateSealJwkSchema = Type.Union([
  Type.Object(
    { kty: Type.Literal('OKP'), crv: Type.Literal('X25519'), x: coordinate, d: coordinate },
    { additionalProperties: false },
  ),
  Type.Object(
    { kty: Type.Literal('EC'), crv: Type.Literal('P-256'), x: coordinate, y: coordinate, d: coordinate },
    { additionalProperties: false },
  ),
])

const checked = Compile(privateSealJwkSchema)

/** At most so many recipients' entries are made for one party: one a current key. */
const keysOfOneParty = 4

/** The keys to seal to: those with role `seal` that count now and can agree on a secret. An Ed25519 key cannot. */
export function sealKeysOf(state: PartyState): readonly SealKey[] {
  return state.keys
    .filter((key) => key.to === undefined && isSealKey(key))
    .slice(-keysOfOneParty)
    .map(({ kid, jwk }) => ({ kid, publicKey: createPublicKey({ key: { ...jwk }, format: 'jwk' }) }))
}

/** Whether messages can be sealed to a key of a party. */
export function isSealKey({ roles, jwk }: Pick<PartyKey, 'roles' | 'jwk'>): boolean {
  return roles.includes('seal') && (isX25519(jwk) || ('crv' in jwk && jwk.crv === 'P-256'))
}

/** Reads a private seal key. Throws `bad-name` for what is none, without repeating it. */
export function openingKeyOf(jwk: unknown): OpeningKey {
  if (!checked.Check(jwk)) throw notAKey('it is no private JWK of X25519 or P-256 with the members kty, crv, x, y, d')
  const { d: _, ...publicJwk } = jwk
  const kid = kidOf(publicJwk)
  const privateKey = privateKeyOf(jwk)
  if (!belongTogether(publicKeyOf(publicJwk), privateKey)) {
    throw notAKey('its public part does not belong to its private part')
  }
  return { kid, privateKey }
}

function kidOf(jwk: PartyJwk): string {
  if (isX25519(jwk)) x25519KeyOf(jwk)
  return toHex(partyKeyThumbprint(jwk, crypto))
}

/** A key that {@link openingKeyOf} has accepted before. */
export function keptOpeningKey(kid: string, jwk: object): OpeningKey {
  return { kid, privateKey: privateKeyOf(jwk) }
}

/** Both parts of a JWK are taken as they are: only an agreement with a third key shows whether they are one. */
function belongTogether(publicKey: KeyObject, privateKey: KeyObject): boolean {
  const { namedCurve } = publicKey.asymmetricKeyDetails ?? {}
  const third = namedCurve === undefined ? generateKeyPairSync('x25519') : generateKeyPairSync('ec', { namedCurve })
  const one = diffieHellman({ privateKey, publicKey: third.publicKey })
  return timingSafeEqual(one, diffieHellman({ privateKey: third.privateKey, publicKey }))
}

function publicKeyOf(jwk: PartyJwk): KeyObject {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    throw notAKey('its numbers are no key')
  }
}

function privateKeyOf(jwk: object): KeyObject {
  try {
    return createPrivateKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    // Its own message could quote the key.
    throw notAKey('its numbers are no key')
  }
}

function notAKey(why: string): NodeError {
  return new NodeError('bad-name', `this is no key to open messages with: ${why}`)
}
