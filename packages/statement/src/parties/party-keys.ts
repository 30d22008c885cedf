import type { StatementCrypto } from '../crypto-port.ts'
import type { Role } from '../kinds/kind.ts'
import type { PartyPayload } from '../kinds/party.ts'
import { type PublicKey, publicKeyOf } from '../public-key.ts'
import { isX25519 } from '../seal-key.ts'
import { StatementError } from '../statement-error.ts'
import { kidOf, type PartyKey, type PartyState, rawKey } from './party-state.ts'

export type KeyStatus = 'valid' | 'unknown' | 'revoked' | 'not-yet-valid'

/** What a node says for itself, without a person. */
const kindsOfTheNode: ReadonlySet<string> = new Set(['time', 'refusal', 'commitment', 'delivery', 'order', 'record'])

/** The role that signs a kind: the node's own kinds are signed by its receipt key, approvals by `approve`. */
export function roleFor(kind: string): Role {
  if (kindsOfTheNode.has(kind)) return 'receipt'
  return kind === 'approval' ? 'approve' : 'sign'
}

/** The entry of `kid` that covers `index`, else the nearest one, with what it is worth there. */
export function keyAt(
  state: PartyState,
  kid: string,
  index: number,
): { readonly key: PartyKey | undefined; readonly status: KeyStatus } {
  let nearest: PartyKey | undefined
  for (const key of state.keys) {
    if (key.kid !== kid) continue
    if (key.from <= index && (key.to === undefined || index < key.to)) return { key, status: 'valid' }
    if (nearest === undefined || key.from <= index) nearest = key
  }
  if (nearest === undefined) return { key: undefined, status: 'unknown' }
  return { key: nearest, status: nearest.from > index ? 'not-yet-valid' : 'revoked' }
}

/** Whether `kid` is a recovery key of the party now. */
export function isRecoveryKey(state: PartyState, kid: string): boolean {
  return state.recovery?.keys.some((key) => key.kid === kid) ?? false
}

/** Raw key of `kid`, whatever it may sign and whether or not it still counts: to check a signature with. */
export function publicKeyFor(state: PartyState, kid: string): PublicKey | undefined {
  const key = state.keys.find((each) => each.kid === kid) ?? state.recovery?.keys.find((each) => each.kid === kid)
  return key === undefined || isX25519(key.jwk) ? undefined : rawKey(key)
}

/**
 * The key to check a party statement's signature with: one the party has, or one the statement
 * itself brings (the first statement, a rotation).
 * Throws StatementError `unknown-key`, `bad-key` or `small-order-key`.
 */
export function partyStatementKey(
  state: PartyState | undefined,
  payload: PartyPayload,
  kid: string,
  crypto: StatementCrypto,
): PublicKey {
  const known = state && publicKeyFor(state, kid)
  if (known !== undefined) return known
  const brought = payload.keys.find(({ jwk }) => kidOf(jwk, crypto) === kid)
  if (brought === undefined || isX25519(brought.jwk)) throw unknownKey(kid)
  return publicKeyOf(brought.jwk)
}

/**
 * Whether `kid` may sign a statement of `kind` at `index` of the home log; returns its raw key.
 * Party statements have their own rules on top, see `updateParty`. A recovery key may sign
 * approvals, which then count for recovery alone.
 *
 * Throws StatementError `unknown-key`, `revoked-key`, `not-yet-valid-key`, `key-without-role` or
 * `key-without-kind`.
 */
export function maySign(state: PartyState, kid: string, kind: string, index: number): PublicKey {
  const { key, status } = keyAt(state, kid, index)
  if (status !== 'valid' && isRecoveryKey(state, kid)) return recoveryKeyFor(state, kid, kind)
  if (key === undefined) throw unknownKey(kid)
  if (status === 'revoked') {
    throw new StatementError('revoked-key', `key ${kid} counts no more since index ${key.to}; sign with a current key`)
  }
  if (status === 'not-yet-valid') {
    throw new StatementError('not-yet-valid-key', `key ${kid} counts from index ${key.from} on, this is index ${index}`)
  }
  checkRole(key, kind)
  return rawKey(key)
}

/** Whether a statement signed by `kid` at `iat` falls under a declared compromise. */
export function isContested(state: PartyState, kid: string, iat: number): boolean {
  return state.compromised.some((each) => each.kid === kid && iat >= each.since)
}

/** Throws `key-without-role` or `key-without-kind`. */
export function checkRole(key: Pick<PartyKey, 'kid' | 'roles' | 'kinds'>, kind: string): void {
  const role = roleFor(kind)
  if (!key.roles.includes(role)) {
    throw new StatementError(
      'key-without-role',
      `key ${key.kid} has ${key.roles.join(', ')}; ${kind === '' ? 'a foreign statement' : `a statement of kind ${kind}`} takes role ${role}`,
    )
  }
  if (role === 'sign' && key.kinds !== undefined && !key.kinds.includes(kind)) {
    throw new StatementError(
      'key-without-kind',
      `key ${key.kid} may sign ${key.kinds.join(', ')}, not ${kind || 'foreign statements'}`,
    )
  }
}

function recoveryKeyFor(state: PartyState, kid: string, kind: string): PublicKey {
  const key = state.recovery?.keys.find((each) => each.kid === kid)
  if (key === undefined) throw unknownKey(kid)
  if (kind !== 'approval' && kind !== 'party') {
    throw new StatementError(
      'key-without-role',
      `key ${kid} is a recovery key; it signs approvals and the recovery alone`,
    )
  }
  return rawKey(key)
}

export function unknownKey(kid: string): StatementError {
  return new StatementError('unknown-key', `key ${kid} is none of this party's`)
}
