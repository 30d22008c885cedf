import type { StatementCrypto } from '../crypto-port.ts'
import { canonicalJsonBytes } from '../canonical-json.ts'
import { toHex } from '../hex.ts'
import { digestText } from '../identifiers.ts'
import type { Role } from '../kinds/kind.ts'
import type { PartyPayload } from '../kinds/party.ts'
import { decodeJwk, type Jwk, type PublicKey } from '../public-key.ts'
import { type PartyJwk, partyKeyThumbprint } from '../seal-key.ts'

/** A key of a party and when it counts, by index in the party's home log. */
export interface PartyKey {
  /** Thumbprint, 64 hex digits. */
  readonly kid: string
  readonly jwk: PartyJwk
  readonly roles: readonly Role[]
  /** Narrows role `sign` to these kinds. */
  readonly kinds?: readonly string[]
  /** First index at which it counts: that of the party statement which brought it. */
  readonly from: number
  /** First index at which it counts no more. */
  readonly to?: number
}

/** A key that may only recover the party. */
export interface RecoveryKey {
  readonly kid: string
  readonly jwk: Jwk
}

/** A key that was in other hands since a time. */
export interface Compromise {
  readonly kid: string
  /** Whole seconds since the epoch: statements of the key with `iat` from here on are contested. */
  readonly since: number
  /** Index at which it was declared. */
  readonly index: number
}

/**
 * What a log's prefix says about a party. Plain JSON, so that a view can store it as text; made
 * only by `foundParty` and `updateParty`, never changed in place.
 */
export interface PartyState {
  readonly urn: string
  /** Id and index of the latest party statement in effect. */
  readonly statement: string
  readonly index: number
  readonly type: PartyPayload['type']
  readonly names: PartyPayload['names']
  readonly state?: string
  readonly home: string
  readonly contacts: NonNullable<PartyPayload['contacts']>
  readonly domains: readonly string[]
  /** All keys there ever were, oldest first; a key that came back has two entries. */
  readonly keys: readonly PartyKey[]
  /** Digest of the `keys` of the latest statement: equal means that no key changed. */
  readonly keysDigest: string
  readonly thresholds: Readonly<Record<string, number>>
  /** Digest of the `keys` that the next rotation must bring. */
  readonly next?: string
  readonly recovery?: { readonly threshold: number; readonly keys: readonly RecoveryKey[] }
  readonly compromised: readonly Compromise[]
}

/** Digest of a `keys` array as `next` commits to it: SHA-256 over its canonical JSON (RFC 8785). */
export function keysDigest(keys: PartyPayload['keys'], crypto: StatementCrypto): string {
  return digestText(crypto.sha256(canonicalJsonBytes(keys)))
}

/** Hex thumbprint of a key that may be malformed. Throws `bad-key` or `small-order-key`. */
export function kidOf(jwk: PartyJwk, crypto: StatementCrypto): string {
  return toHex(partyKeyThumbprint(jwk, crypto))
}

/** A key that is part of a state was checked when it entered, so it is only decoded here, once. */
const decoded = new WeakMap<PartyKey | RecoveryKey, PublicKey>()

/** Raw public key of a key in a state, to verify with. Throws `bad-key` for one that only seals. */
export function rawKey(key: PartyKey | RecoveryKey): PublicKey {
  const known = decoded.get(key)
  if (known !== undefined) return known
  const raw = decodeJwk(key.jwk)
  decoded.set(key, raw)
  return raw
}

/** State as the latest payload describes it; keys, times and commitments are the caller's. */
export function describe(
  payload: PartyPayload,
): Pick<PartyState, 'type' | 'names' | 'home' | 'contacts' | 'domains' | 'thresholds'> &
  Pick<PartyState, 'state' | 'next'> {
  return {
    type: payload.type,
    names: payload.names,
    home: payload.home,
    contacts: payload.contacts ?? [],
    domains: payload.domains ?? [],
    thresholds: payload.thresholds ?? {},
    ...(payload.state === undefined ? {} : { state: payload.state }),
    ...(payload.next === undefined ? {} : { next: payload.next }),
  }
}

/** Recovery keys with their thumbprints, or nothing. */
export function recoveryOf(payload: PartyPayload, crypto: StatementCrypto): Pick<PartyState, 'recovery'> {
  if (payload.recovery === undefined) return {}
  const { threshold, keys } = payload.recovery
  return { recovery: { threshold, keys: keys.map((jwk) => ({ kid: kidOf(jwk, crypto), jwk })) } }
}
