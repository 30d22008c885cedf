/** `comity party approver` and `comity party join`: a party that somebody else founded, and a key of one's own for it. */
import type { Client, PartyResponse } from '@comity/contract'
import { decodeStatement, partyUrn } from '@comity/statement'
import { join as joinPath } from 'node:path'
import { rmSync } from 'node:fs'
import { CliError } from '../cli-error.ts'
import type { Context, Result } from '../context.ts'
import { crypto } from '../crypto-port.ts'
import { createPrivateFile, exists, readBytes, readJson, replacePrivateFile } from '../home/private-file.ts'
import { approverFileText } from '../keys/approver-key.ts'
import { type KeyRing, parseKeyFile, sealKeys } from '../keys/key-file.ts'
import { type NewKeyOptions, newPassphrase } from '../keys/new-passphrase.ts'
import { kidHexOf, newRoleKey, type RoleKey } from '../keys/role-key.ts'
import { nameOf, short } from '../names.ts'
import { checkFree, writeFile } from '../output-file.ts'
import type { Session } from '../session.ts'
import { readPassphrase } from '../terminal/passphrase.ts'
import { fields, wrap } from '../terminal/text.ts'
import { orUndo } from '../undo-on-signal.ts'
import { whereItIs } from './party-create.ts'

/** A key file that belongs to no party yet says so with this in place of a party. */
const noParty = ''

interface ApproverOptions extends NewKeyOptions {
  readonly out?: string
  readonly force?: boolean
}

export async function approver(session: Session, options: ApproverOptions, alias: string): Promise<Result> {
  const { home, context } = session
  home.checkNew(alias)
  const path = home.approverFile(alias)
  if (exists(path)) throw new CliError('file-exists', `${path} exists already: join with it, or choose another alias`)
  const publicPath = session.path(options.out ?? `${alias}.approver.json`)
  checkFree(publicPath, options.force)
  const passphrase = await newPassphrase(context, options, 'for your approval key')
  const key = newRoleKey('approve', ['approve'])
  const sealed = session.progress.during('Encrypting the key', sealKeys({ party: noParty, keys: [key] }, passphrase))
  createPrivateFile(path, await sealed)
  writeFile(publicPath, approverFileText(key), options.force)
  return {
    text: [
      'Made: an approval key of your own',
      fields([
        ['key', path],
        ['public', publicPath],
      ]),
      '',
      wrap(
        'Give the public file to whoever founds the party: comity party create --approver-key. Compare with them, by voice:',
      ),
      `  ${kidHexOf(key)}`,
      wrap(`Then join: comity party join ${alias} --party URN --node URL`),
    ].join('\n'),
    json: { alias, key: path, public: publicPath, kid: kidHexOf(key) },
  }
}

interface JoinOptions extends NewKeyOptions {
  readonly party?: string
  readonly key?: string
  readonly newPassphraseFile?: string
}

export async function join(session: Session, options: JoinOptions, alias: string): Promise<Result> {
  const { home, context } = session
  home.checkNew(alias)
  const path = options.key === undefined ? home.approverFile(alias) : session.path(options.key)
  if (options.key === undefined && !exists(path)) {
    throw new CliError(
      'missing-key',
      `you have no key for "${alias}": make one with "comity party approver ${alias}" and have the party founded with it, or give a key file that was handed to you with --key`,
    )
  }
  const { ring, passphrase } = await opened(session, path)
  const urn = partyOf(session, options, ring, path)
  const client = await session.client()
  const party = await client.party(urn)
  const keys = keysOf(ring, party, path)
  const founding = await checkedFounding(client, party)
  const wasHanded = ring.party !== noParty
  const own = wasHanded ? await ownPassphrase(context, options) : passphrase
  return orUndo(context, home.undoOf(alias), async () => {
    const files: string[] = []
    for (const key of keys) {
      const file = joinPath(home.keysOf(alias), `${key.name}.json`)
      const sealed = sealKeys({ party: urn, keys: [key] }, own)
      replacePrivateFile(file, await session.progress.during('Encrypting the key', sealed))
      files.push(file)
    }
    const { names, type } = party
    const profile = { alias, urn, name: nameOf(names), type, home: party.home, ...whereItIs(session) }
    home.create(profile, founding)
    const secret = tokenGiven(session)
    const tokenFile = secret === undefined ? undefined : home.setToken(alias, secret)
    if (!wasHanded) rmSync(path)
    return {
      text: [
        `Joined: ${nameOf(names)}`,
        fields([
          ['party', urn.slice(-64)],
          ['log', short(party.home)],
          ['keys', files.join('\n')],
          ['token', tokenFile ?? 'none: file with --token-file where the node wants one'],
        ]),
        '',
        ...(wasHanded
          ? [
              wrap(`Delete ${path}`),
              wrap('and have whoever gave it to you do the same: while two hold it, it is one pair of eyes.'),
            ]
          : []),
        wrap(`See what waits for you with: comity approve --list --as ${alias}`),
      ].join('\n'),
      json: { urn, alias, keys: files, tokenFile: tokenFile ?? null },
    }
  })
}

async function opened(
  { context, options, progress }: Session,
  path: string,
): Promise<{ readonly ring: KeyRing; readonly passphrase: string | undefined }> {
  const file = parseKeyFile(readJson(path, 'the key file'), path)
  if (!file.isEncrypted) return { ring: await file.open(undefined), passphrase: undefined }
  const passphrase = await readPassphrase(context, options, { purpose: `to open ${path}` })
  return { ring: await progress.during('Opening the key', file.open(passphrase)), passphrase }
}

/** A key that was handed over came with the passphrase of whoever made it; from now on it opens with another. */
function ownPassphrase(context: Context, options: JoinOptions): Promise<string | undefined> {
  const env = { ...context.env, COMITY_PASSPHRASE: context.env['COMITY_NEW_PASSPHRASE'] }
  const { insecureNoPassphrase, newPassphraseFile } = options
  const given = {
    passphraseFile: newPassphraseFile,
    ...(insecureNoPassphrase === true ? { insecureNoPassphrase } : {}),
  }
  return newPassphrase({ ...context, env }, given, 'of your own for this key')
}

function partyOf(session: Session, { party }: JoinOptions, ring: KeyRing, path: string): string {
  const named = party === undefined ? undefined : session.partyUrn(party)
  if (ring.party === noParty) {
    if (named !== undefined) return named
    throw new CliError('usage', 'which party? Give its URN with --party, as whoever founded it tells you')
  }
  if (named === undefined || named === ring.party) return ring.party
  throw new CliError('usage', `${path} holds a key of ${ring.party}, not of ${named}`)
}

/** The keys of the file that count for the party now. Throws `missing-key` where there is none. */
function keysOf(ring: KeyRing, party: PartyResponse, path: string): readonly RoleKey[] {
  const current = new Set(party.keys.filter(({ to }) => to === undefined).map(({ kid }) => kid))
  const found = ring.keys.filter((key) => current.has(kidHexOf(key)))
  if (found.length > 0) return found
  throw new CliError('missing-key', `none of the keys in ${path} is a key of ${nameOf(party.names)} now`)
}

/** The party's first statement, which its name is the hash of: nobody can show another party under this URN. */
async function checkedFounding(client: Client, { urn, versions }: PartyResponse): Promise<Uint8Array> {
  const bytes = await client.rawStatement(versions.at(-1)?.id ?? '')
  const { payload, kind } = decodeStatement(bytes, crypto)
  if (kind === 'party' && partyUrn(payload, crypto) === urn) return bytes
  throw new CliError('refused', `what the node shows as the first statement of ${urn} is not: its hash differs`)
}

function tokenGiven(session: Session): string | undefined {
  const { tokenFile } = session.options
  if (tokenFile === undefined) return session.context.env['COMITY_TOKEN']
  return Buffer.from(readBytes(session.path(tokenFile), 'the token file'))
    .toString('utf8')
    .trim()
}
