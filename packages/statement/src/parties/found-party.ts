import type { StatementCrypto } from '../crypto-port.ts'
import { partyUrn } from '../identifiers.ts'
import type { PartyPayload } from '../kinds/party.ts'
import type { Statement } from '../statement.ts'
import { StatementError } from '../statement-error.ts'
import { requireContactKeys } from './contact-keys.ts'
import { checkRole, unknownKey } from './party-keys.ts'
import { describe, keysDigest, kidOf, type PartyKey, type PartyState, recoveryOf } from './party-state.ts'

/** A statement as the judge of parties sees it. */
export type PartyStatement = Pick<Statement, 'iss' | 'kidHex' | 'iat' | 'id'>

/**
 * Founds a party by its first statement at `index` of a log. The caller has verified the signature
 * with `partyStatementKey` and read the payload with `readPayload`.
 *
 * Throws StatementError `wrong-party` (iss is not the hash of the payload), `wrong-previous`,
 * `unknown-key`, `key-without-role`, `key-without-kind`, `bad-key`, `small-order-key` or
 * `schema-violation`.
 */
export function foundParty(
  statement: PartyStatement & Pick<Statement, 'payload'>,
  payload: PartyPayload,
  index: number,
  crypto: StatementCrypto,
): PartyState {
  const urn = partyUrn(statement.payload, crypto)
  if (statement.iss !== urn) {
    const message = 'iss is no party known here, nor the hash of this payload: a first party statement is named by it'
    throw new StatementError('wrong-party', message)
  }
  if (payload.previous !== undefined) {
    throw new StatementError('wrong-previous', 'a first party statement follows none; leave previous out', '/previous')
  }
  if (payload.compromise !== undefined) {
    throw new StatementError(
      'schema-violation',
      'a first party statement has no key yet that could be compromised',
      '/compromise',
    )
  }
  const keys = enteringKeys(payload, index, crypto)
  const signer = keys.find((key) => key.kid === statement.kidHex)
  if (signer === undefined) throw unknownKey(statement.kidHex)
  checkRole(signer, 'party')
  requireContactKeys(payload, keys)
  return {
    urn,
    statement: statement.id,
    index,
    ...describe(payload),
    keys,
    keysDigest: keysDigest(payload.keys, crypto),
    ...recoveryOf(payload, crypto),
    compromised: [],
  }
}

/** The keys of a payload as they count from `index` on. Each is checked to be a usable key. */
export function enteringKeys(payload: PartyPayload, index: number, crypto: StatementCrypto): readonly PartyKey[] {
  return payload.keys.map(({ jwk, roles, kinds }) => ({
    kid: kidOf(jwk, crypto),
    jwk,
    roles,
    ...(kinds === undefined ? {} : { kinds }),
    from: index,
  }))
}
