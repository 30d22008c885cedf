/** How the keys of a party change: rotation, recovery, compromise. */
import type { Client, PartyResponse } from '@comity/contract'
import { keysDigest, type PartyPayload, decodeStatement, statementUrn } from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type CheckedFiling, filedResult, signed, submitChecked } from '../filing.ts'
import { openKeyFile } from '../keys/open-keys.ts'
import { type NewKeyOptions, newPassphrase } from '../keys/new-passphrase.ts'
import {
  type HumanKeys,
  keyEntries,
  newHumanKeys,
  nextKeysIn,
  nodeEntries,
  recoveryKeysIn,
  writeHumanKeys,
  writeRecoveryFiles,
} from '../keys/party-keys.ts'
import { kidHexOf, type RoleKey, signerOf } from '../keys/role-key.ts'
import { signingKey } from '../keys/open-keys.ts'
import { rfc3339, secondsFrom } from '../names.ts'
import type { Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'

/** A party's latest statement, to build the next one on. */
interface Standing {
  readonly client: Client
  readonly party: PartyResponse
  readonly payload: PartyPayload
}

interface ChangeOptions extends NewKeyOptions {
  readonly recoveryFile?: string
}

async function standing(session: Session): Promise<Standing> {
  const client = await session.client('party')
  const party = await client.party(session.profile.urn)
  const { payload } = await client.statement(party.statement)
  // The log took it as a party statement, so it has that kind's schema.
  return { client, party, payload: payload as PartyPayload }
}

/** The payload of the next statement: what is said stays said, apart from what belongs to one statement. */
function following({ party, payload }: Standing): PartyPayload {
  const { compromise: _, documents: __, ...rest } = payload
  return { ...rest, previous: party.statement }
}

export async function rotate(
  session: Session,
  options: ChangeOptions & { readonly recoveryFile: string },
): Promise<Result> {
  const before = await standing(session)
  return changeToNext(session, before, options, {})
}

export async function compromise(
  session: Session,
  options: ChangeOptions & { readonly since: string },
  given?: string,
): Promise<Result> {
  const before = await standing(session)
  const since = secondsFrom(options.since, '--since')
  const kid =
    given ??
    before.party.keys.find(({ roles, kinds, to }) => to === undefined && kinds === undefined && roles.includes('sign'))
      ?.kid
  if (kid === undefined)
    throw new CliError('usage', 'the party has no signing key in force: give the thumbprint of the key')
  const marks = { compromise: [{ kid: fullKid(before.party, kid), since }] }
  const { recoveryFile } = options
  if (recoveryFile !== undefined) return changeToNext(session, before, { ...options, recoveryFile }, marks)
  const { home, profile } = session
  const key = await signingKey(session, { home, profile, kind: 'party' }, session.options)
  const filed = await filePartyStatement(session, before, { ...following(before), ...marks }, key)
  return filedResult(before.client, filed, `key ${kid.slice(0, 16)} compromised since ${rfc3339(since)}`)
}

function fullKid(party: PartyResponse, prefix: string): string {
  const found = party.keys.filter(({ kid }) => kid.startsWith(prefix))
  const [only] = found
  if (only !== undefined && new Set(found.map(({ kid }) => kid)).size === 1) return only.kid
  throw new CliError(
    'usage',
    `"${prefix}" is the beginning of ${found.length} keys of this party: see "comity party show"`,
  )
}

/** The next keys take over. They sign for themselves: the party committed to them before. */
async function changeToNext(
  session: Session,
  before: Standing,
  options: ChangeOptions & { readonly recoveryFile: string },
  marks: Pick<PartyPayload, 'compromise'>,
): Promise<Result> {
  const path = session.path(options.recoveryFile)
  const ring = await openKeyFile(session, path, session.options)
  const next = nextKeysIn(ring.keys)
  if (next === undefined)
    throw new CliError('missing-key', `${path} holds no next keys: with several recovery files they are in the first`)
  const node = nodeEntries(before.payload.keys)
  const keys = keyEntries(next, node)
  if (keysDigest(keys, crypto) !== before.party.next) {
    throw new CliError(
      'missing-key',
      `the next keys in ${path} are not those that ${session.profile.alias} committed to: use its newest recovery file`,
    )
  }
  const after = newHumanKeys(next.approvers.length)
  const payload: PartyPayload = {
    ...following(before),
    ...marks,
    keys,
    next: keysDigest(keyEntries(after, node), crypto),
  }
  return replaceKeys(session, before, {
    options,
    payload,
    current: next,
    next: after,
    recovery: recoveryKeysIn(ring.keys),
    signer: next.sign,
    approvers: [],
    title: marks.compromise === undefined ? 'rotation to the next keys' : 'rotation away from a compromised key',
  })
}

export async function recover(
  session: Session,
  options: NewKeyOptions & { readonly recoveryFile: readonly string[] },
): Promise<Result> {
  const before = await standing(session)
  const rings = []
  for (const file of options.recoveryFile) rings.push(await openKeyFile(session, session.path(file), session.options))
  const found = rings.flatMap(({ keys }) => recoveryKeysIn(keys))
  const known = before.party.recovery?.keys.map(({ kid }) => kid) ?? []
  const usable = found.filter((each) => known.includes(kidHexOf(each)))
  const needed = before.party.recovery?.threshold ?? 0
  const [first, ...others] = usable
  if (first === undefined || usable.length < needed) {
    throw new CliError(
      'missing-key',
      `recovery of this party takes ${needed} of its recovery keys; these files hold ${usable.length}`,
    )
  }
  const count = before.payload.keys.filter(({ roles }) => roles.length === 1 && roles[0] === 'approve').length
  const current = newHumanKeys(count)
  const next = newHumanKeys(count)
  const node = nodeEntries(before.payload.keys)
  const payload: PartyPayload = {
    ...following(before),
    keys: keyEntries(current, node),
    next: keysDigest(keyEntries(next, node), crypto),
  }
  const title = 'recovery with new keys'
  return replaceKeys(session, before, {
    options,
    payload,
    current,
    next,
    recovery: usable,
    signer: first,
    approvers: others.slice(0, needed - 1),
    title,
  })
}

interface Replacement {
  readonly options: NewKeyOptions
  readonly payload: PartyPayload
  readonly current: HumanKeys
  readonly next: HumanKeys
  readonly recovery: readonly RoleKey[]
  readonly signer: RoleKey
  /** Recovery keys that approve before the statement itself. */
  readonly approvers: readonly RoleKey[]
  readonly title: string
}

/** The new recovery file is written first and the new keys last: at no moment does a key exist in memory alone. */
async function replaceKeys(session: Session, before: Standing, replacement: Replacement): Promise<Result> {
  const { home, context, profile } = session
  const { alias } = profile
  const passphrase = await newPassphrase(
    context,
    { ...session.options, ...replacement.options },
    `for the new keys of ${alias}`,
  )
  const owner = { alias, party: profile.urn, passphrase }
  const suffix = `recovery-after-${before.party.statement.slice(0, 8)}`
  const recovery = await session.progress.during(
    'Encrypting the keys',
    writeRecoveryFiles(home, owner, { ...replacement, suffix }),
  )
  let filed: CheckedFiling
  try {
    filed = await filePartyStatement(session, before, replacement.payload, replacement.signer, replacement.approvers)
  } catch (error) {
    home.discardFiles(recovery)
    throw error
  }
  const keys = await session.progress.during('Encrypting the keys', writeHumanKeys(home, owner, replacement.current))
  const result = await filedResult(before.client, filed, `${replacement.title} of ${alias}`)
  return {
    text: [
      result.text,
      fields([
        ['keys', keys.join('\n')],
        ['recovery', recovery.join('\n')],
      ]),
      '',
      wrap(
        'Move the new recovery files to a safe place away from this machine: they hold the next keys. The recovery keys of the party stay the same.',
      ),
    ].join('\n'),
    json: { ...result.json, keys, recovery },
  }
}

async function filePartyStatement(
  session: Session,
  { client }: Standing,
  payload: PartyPayload,
  key: RoleKey,
  approvers: readonly RoleKey[] = [],
): Promise<CheckedFiling> {
  const { urn, home } = session.profile
  const iat = session.context.now()
  const statement = signed({ kind: 'party', sub: urn, payload }, { iss: urn, signer: signerOf(key), iat })
  const sub = statementUrn(decodeStatement(statement, crypto).id)
  for (const approver of approvers) {
    const approval = signed({ kind: 'approval', sub, payload: {} }, { iss: urn, signer: signerOf(approver), iat })
    await submitChecked(session, client, approval, { home })
  }
  return submitChecked(session, client, statement, { home })
}
