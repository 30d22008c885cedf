import { type PartyPayload, keysDigest } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { filedResult, withRows } from '../filing.ts'
import { openKeyFile } from '../keys/open-keys.ts'
import { entriesElsewhere, keyEntries, nextKeysIn, recoveryKeysIn } from '../keys/party-keys.ts'
import { kidHexOf } from '../keys/role-key.ts'
import { newSealKey } from '../keys/seal-key.ts'
import { vaultClient } from '../own-vault.ts'
import type { Session } from '../session.ts'
import { filePartyStatement, following, signedParty, standing } from './party-statement.ts'

interface KeyOptions {
  readonly recoveryFile: readonly string[]
}

/** The node has the private part before anybody can seal to the public one. */
export async function key(session: Session, { recoveryFile }: KeyOptions): Promise<Result> {
  const { profile } = session
  const inbox = await vaultClient(session)
  const before = await standing(session)
  const rings = []
  for (const file of recoveryFile) {
    const path = session.path(file)
    const ring = await openKeyFile(session, path, session.options)
    if (ring.party !== profile.urn) {
      throw new CliError('missing-key', `${path} holds keys of ${ring.party}, not of ${profile.alias}`)
    }
    rings.push(ring)
  }
  const { recovery } = before.party
  const usable = rings
    .flatMap(({ keys }) => recoveryKeysIn(keys))
    .filter((each) => recovery?.keys.some(({ kid }) => kid === kidHexOf(each)))
  const needed = recovery?.threshold ?? 0
  const [first, ...others] = usable
  if (first === undefined || usable.length < needed) {
    throw new CliError(
      'missing-key',
      `another key takes ${needed} of the recovery keys of this party; these files hold ${usable.length}`,
    )
  }
  const next = rings.map(({ keys }) => nextKeysIn(keys)).find((keys) => keys !== undefined)
  if (next === undefined) {
    throw new CliError('missing-key', 'none of these files holds the next keys: with several they are in the first')
  }
  const seal = newSealKey()
  const keys: PartyPayload['keys'] = [
    ...before.payload.keys.filter(({ roles }) => !(roles.length === 1 && roles[0] === 'seal')),
    seal.entry,
  ]
  await inbox.inbox.addSealKey(seal.jwk)
  const payload = following(before, {
    keys,
    next: keysDigest(keyEntries(next, entriesElsewhere(keys, next.approvers.length)), crypto),
  })
  const approvers = others.slice(0, Math.max(0, needed - 1))
  const filed = await filePartyStatement(session, before.client, signedParty(session, payload, first), approvers)
  const result = withRows(await filedResult(before.client, filed, `a new seal key of ${profile.alias}`), [
    ['seal key', seal.kid],
  ])
  return { ...result, json: { ...result.json, sealKey: seal.kid } }
}
