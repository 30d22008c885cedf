/** How the keys of a party change: rotation, recovery, compromise. */
import { ClientError, type PartyResponse } from '@comity/contract'
import { keysDigest, type PartyPayload } from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type CheckedFiling, filedResult } from '../filing.ts'
import { approverEntry } from '../keys/approver-key.ts'
import { openKeyFile, signingKey } from '../keys/open-keys.ts'
import { type NewKeyOptions, newPassphrase } from '../keys/new-passphrase.ts'
import {
  approverEntries,
  entriesElsewhere,
  type HumanKeys,
  keyEntries,
  newHumanKeys,
  nextKeysIn,
  nodeEntries,
  recoveryKeysIn,
  writeHumanKeys,
  writeRecoveryFiles,
} from '../keys/party-keys.ts'
import { kidHexOf, type RoleKey } from '../keys/role-key.ts'
import { rfc3339, secondsFrom } from '../names.ts'
import type { Session } from '../session.ts'
import { fields, wrap } from '../terminal/text.ts'
import {
  approversIn,
  fileOrHandOn,
  filePartyStatement,
  following,
  signedParty,
  type Standing,
  standing,
} from './party-statement.ts'

interface ChangeOptions extends NewKeyOptions {
  readonly recoveryFile?: string
  readonly approveWith?: readonly string[]
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
  const statement = signedParty(session, following(before, marks), key)
  return fileOrHandOn(session, before.client, statement, {
    approvers: await approversIn(session, options.approveWith),
    title: `key ${kid.slice(0, 16)} compromised since ${rfc3339(since)}`,
    out: `${profile.alias}-compromise.cbor`,
    force: true,
  })
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
  const elsewhere = entriesElsewhere(before.payload.keys, next.approvers.length)
  const keys = keyEntries(next, elsewhere)
  if (keysDigest(keys, crypto) !== before.party.next) {
    throw new CliError(
      'missing-key',
      `the next keys in ${path} are not those that ${session.profile.alias} committed to: use its newest recovery file`,
    )
  }
  const after = newHumanKeys(next.approvers.length)
  const payload = following(before, { ...marks, keys, next: keysDigest(keyEntries(after, elsewhere), crypto) })
  return replaceKeys(session, before, {
    options,
    payload,
    current: next,
    next: after,
    recovery: recoveryKeysIn(ring.keys),
    signer: next.sign,
    approvers: await approversIn(session, options.approveWith),
    title: marks.compromise === undefined ? 'rotation to the next keys' : 'rotation away from a compromised key',
  })
}

export async function recover(
  session: Session,
  options: NewKeyOptions & { readonly recoveryFile: readonly string[]; readonly approverKey?: readonly string[] },
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
  // The file with the next keys tells which approvers' keys were made here; without it all are made anew here.
  const inFile = rings.map(({ keys }) => nextKeysIn(keys)).find((keys) => keys !== undefined)
  const count = inFile?.approvers.length ?? approverEntries(before.payload.keys).length
  const current = newHumanKeys(count)
  const next = newHumanKeys(count)
  const named = options.approverKey?.map((file) => approverEntry(session.path(file)))
  const elsewhere =
    named === undefined ? entriesElsewhere(before.payload.keys, count) : [...named, ...nodeEntries(before.payload.keys)]
  const payload = following(before, {
    keys: keyEntries(current, elsewhere),
    next: keysDigest(keyEntries(next, elsewhere), crypto),
  })
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
    const statement = signedParty(session, replacement.payload, replacement.signer)
    filed = await filePartyStatement(session, before.client, statement, replacement.approvers)
  } catch (error) {
    home.discardFiles(recovery)
    throw error instanceof ClientError && error.code === 'threshold-not-met'
      ? new CliError('refused', `${error.message}: give their key files with --approve-with`, {
          inner: error.code,
          cause: error,
        })
      : error
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
