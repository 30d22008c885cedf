import { canonicalJson } from '../canonical-json.ts'
import type { StatementCrypto } from '../crypto-port.ts'
import type { PartyPayload } from '../kinds/party.ts'
import { StatementError } from '../statement-error.ts'
import { requireContactKeys } from './contact-keys.ts'
import { enteringKeys, type PartyStatement } from './found-party.ts'
import { checkRole, isRecoveryKey, maySign, unknownKey } from './party-keys.ts'
import { type Compromise, describe, keysDigest, type PartyKey, type PartyState, recoveryOf } from './party-state.ts'
import { countRecoverers, countSigners, thresholdOfChange } from './thresholds.ts'

/** How a party statement changes its party. */
export type PartyChange = 'update' | 'rotation' | 'recovery'

/** The kids of the approvals of one statement that stand before it in the log. */
export interface ApprovedBy {
  readonly approvals: readonly string[]
}

/**
 * Applies a later party statement, at `index` of the home log. The caller has verified its
 * signature (`partyStatementKey`) and read its payload.
 *
 * - *update*: `keys` unchanged, signed by a current `sign` key. It may set `next` and `recovery`
 *   where there were none, and not change them: whoever stole a key could else rotate.
 * - *rotation*: `keys` are those the party committed to in `next`; signed by one of the new ones.
 * - *recovery*: signed by a recovery key, with enough others; may change everything.
 *
 * Approvals of it must stand in the log before it: a party statement is never pending.
 *
 * Throws StatementError `wrong-party`, `wrong-previous`, `threshold-not-met`, `key-not-committed`,
 * `unknown-key`, `revoked-key`, `key-without-role`, `key-without-kind`, `bad-key`,
 * `small-order-key` or `schema-violation`.
 */
export function updateParty(
  state: PartyState,
  statement: PartyStatement,
  payload: PartyPayload,
  index: number,
  { approvals }: ApprovedBy,
  crypto: StatementCrypto,
): PartyState {
  if (statement.iss !== state.urn) throw new StatementError('wrong-party', `iss is not ${state.urn}`)
  if (payload.previous !== state.statement) {
    throw new StatementError('wrong-previous', `previous must be ${state.statement}, the latest in effect`, '/previous')
  }
  const entering = enteringKeys(payload, index, crypto)
  const digest = keysDigest(payload.keys, crypto)
  const change = changeOf(state, statement.kidHex, digest)
  checkAuthority(change, state, statement, payload, index, entering, digest)
  checkSigners(change, state, statement, payload, approvals)
  const compromised = withNewCompromises(state, payload, statement.iat, index)
  if (change !== 'update') refuseCompromisedKeys(entering, compromised)
  const keys = changedKeys(state.keys, change === 'update' ? undefined : entering, compromised, index)
  requireContactKeys(payload, keys)
  return {
    urn: state.urn,
    statement: statement.id,
    index,
    ...describe(payload),
    keys,
    keysDigest: digest,
    ...recoveryOf(payload, crypto),
    compromised,
  }
}

/** What a later party statement is, told by who signed it and whether keys change. */
export function changeOf(state: PartyState, kid: string, digestOfKeys: string): PartyChange {
  if (isRecoveryKey(state, kid)) return 'recovery'
  return digestOfKeys === state.keysDigest ? 'update' : 'rotation'
}

function checkAuthority(
  change: PartyChange,
  state: PartyState,
  statement: PartyStatement,
  payload: PartyPayload,
  index: number,
  entering: readonly PartyKey[],
  digest: string,
): void {
  if (change === 'recovery') return // `changeOf` saw a recovery key; `checkSigners` counts them
  if (change === 'update') {
    maySign(state, statement.kidHex, 'party', index)
    keepsCommitments(state, payload)
    return
  }
  if (state.next !== digest) {
    const reason =
      state.next === undefined ? 'the party committed to no next keys' : `the party committed to ${state.next}`
    throw new StatementError('key-not-committed', `these keys have digest ${digest}; ${reason}`, '/keys')
  }
  const signer = entering.find((key) => key.kid === statement.kidHex)
  if (signer === undefined) throw unknownKey(statement.kidHex)
  checkRole(signer, 'party')
}

function keepsCommitments(state: PartyState, payload: PartyPayload): void {
  const advice = 'only a rotation or a recovery changes it'
  if (state.next !== undefined && payload.next !== state.next) {
    throw new StatementError('key-not-committed', `next differs from the commitment in force; ${advice}`, '/next')
  }
  const before = state.recovery && {
    threshold: state.recovery.threshold,
    keys: state.recovery.keys.map((key) => key.jwk),
  }
  if (before !== undefined && canonicalJson(payload.recovery ?? null) !== canonicalJson(before)) {
    throw new StatementError('key-not-committed', `recovery differs from the one in force; ${advice}`, '/recovery')
  }
}

function checkSigners(
  change: PartyChange,
  state: PartyState,
  statement: PartyStatement,
  payload: PartyPayload,
  approvals: readonly string[],
): void {
  const recovery = change === 'recovery'
  const needed = recovery ? (state.recovery?.threshold ?? 1) : thresholdOfChange(state, payload)
  const have = recovery
    ? countRecoverers(state, statement.kidHex, approvals)
    : countSigners(state, statement.kidHex, approvals)
  if (have < needed) {
    throw new StatementError(
      'threshold-not-met',
      `${change} of this party takes ${needed} keys and has ${have}; register approvals of ${statement.id} first`,
    )
  }
}

/** The earliest time counts, so there is one mark a key, however often one is declared compromised. */
function withNewCompromises(
  state: PartyState,
  payload: PartyPayload,
  iat: number,
  index: number,
): readonly Compromise[] {
  const marks = new Map(state.compromised.map((mark) => [mark.kid, mark]))
  for (const mark of newCompromises(state, payload, iat, index)) {
    const known = marks.get(mark.kid)
    if (known === undefined || mark.since < known.since) marks.set(mark.kid, mark)
  }
  return [...marks.values()]
}

function newCompromises(state: PartyState, payload: PartyPayload, iat: number, index: number): readonly Compromise[] {
  const named = payload.compromise ?? []
  return named.flatMap(({ kid, since }, i) => {
    if (!state.keys.some((key) => key.kid === kid)) {
      throw new StatementError('unknown-key', `key ${kid} was never this party's`, `/compromise/${i}/kid`)
    }
    if (since > iat) {
      throw new StatementError(
        'schema-violation',
        'since lies after the statement that says so',
        `/compromise/${i}/since`,
      )
    }
    const known = state.compromised.some((each) => each.kid === kid && each.since <= since)
    return known ? [] : [{ kid, since, index }]
  })
}

function refuseCompromisedKeys(entering: readonly PartyKey[], compromised: readonly Compromise[]): void {
  const at = entering.findIndex(({ kid }) => compromised.some((each) => each.kid === kid))
  if (at >= 0) {
    throw new StatementError(
      'revoked-key',
      `key ${entering[at]?.kid} was declared compromised and cannot come back`,
      `/keys/${at}`,
    )
  }
}

/** Ends what is compromised or no longer listed, keeps what is listed unchanged, adds what is new. */
function changedKeys(
  keys: readonly PartyKey[],
  entering: readonly PartyKey[] | undefined,
  compromised: readonly Compromise[],
  index: number,
): readonly PartyKey[] {
  const stays = (key: PartyKey): boolean =>
    !compromised.some((each) => each.kid === key.kid) && (entering?.some((other) => sameKey(key, other)) ?? true)
  const kept = keys.map((key) => (key.to !== undefined || stays(key) ? key : { ...key, to: index }))
  const added = (entering ?? []).filter((key) => !kept.some((old) => old.to === undefined && sameKey(old, key)))
  return [...kept, ...added]
}

function sameKey(a: PartyKey, b: PartyKey): boolean {
  return a.kid === b.kid && canonicalJson([a.roles, a.kinds ?? null]) === canonicalJson([b.roles, b.kinds ?? null])
}
