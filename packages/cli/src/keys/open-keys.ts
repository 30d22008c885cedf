import { basename, join } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Session } from '../session.ts'
import type { Home, Profile } from '../home/profile.ts'
import { namesIn, readJson } from '../home/private-file.ts'
import { type PassphraseOptions, readPassphrase } from '../terminal/passphrase.ts'
import { type KeyRing, parseKeyFile } from './key-file.ts'
import { kidHexOf, type RoleKey } from './role-key.ts'

export interface KeyOptions extends PassphraseOptions {
  /** Use this key file in place of the party's own. */
  readonly key?: string | undefined
}

/** Where a passphrase is asked for, and where it is said that deriving a key from it takes a while. */
export type Desk = Pick<Session, 'context' | 'progress'>

/** Opens one key file, asking for its passphrase where it has one. */
export async function openKeyFile(
  { context, progress }: Desk,
  path: string,
  options: PassphraseOptions,
): Promise<KeyRing> {
  const file = parseKeyFile(readJson(path, 'the key file'), path)
  if (!file.isEncrypted) return file.open(undefined)
  const passphrase = await readPassphrase(context, options, { purpose: `to open ${path}` })
  return progress.during(`Opening ${basename(path)}`, file.open(passphrase))
}

/** The key of a party that signs statements of `kind`, from `--key` or from its `keys/sign.json`. */
export async function signingKey(
  desk: Desk,
  { home, profile, kind }: { readonly home: Home; readonly profile: Profile; readonly kind: string },
  options: KeyOptions,
): Promise<RoleKey> {
  const role = kind === 'approval' ? 'approve' : 'sign'
  const path = options.key ?? keyFileFor(home, profile, role)
  const ring = await openKeyFile(desk, path, options)
  checkOwner(ring, profile, path)
  const found = ring.keys.find(
    ({ roles, kinds }) => roles.includes(role) && (kinds === undefined || kinds.includes(kind)),
  )
  if (found === undefined) {
    const has = ring.keys.map(({ name, roles }) => `${name} (${roles.join(', ')})`).join('; ')
    throw new CliError('missing-key', `${path} holds no key that may sign ${kind}; it holds ${has}`)
  }
  return found
}

function keyFileFor(home: Home, profile: Profile, role: 'sign' | 'approve'): string {
  const folder = home.keysOf(profile.alias)
  if (role === 'sign') return join(folder, 'sign.json')
  const approvers = listed(folder).filter((name) => name.startsWith('approve'))
  if (approvers.length === 1 && approvers[0] !== undefined) return join(folder, approvers[0])
  throw new CliError(
    'missing-key',
    approvers.length === 0
      ? `${folder} holds no approval key: give the approver's key file with --key`
      : `${folder} holds ${approvers.join(', ')}: say with --key which one approves`,
  )
}

/** Names of the key files in a folder, without opening them: none for a party whose keys are all elsewhere. */
export function listed(folder: string): readonly string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
}

function checkOwner(ring: KeyRing, profile: Profile, path: string): void {
  if (ring.party === profile.urn) return
  throw new CliError('missing-key', `${path} holds keys of ${ring.party}, not of ${profile.alias} (${profile.urn})`)
}

/** The key with this thumbprint, or undefined. */
export function keyWithKid(ring: KeyRing, kid: string): RoleKey | undefined {
  return ring.keys.find((each) => kidHexOf(each) === kid)
}
