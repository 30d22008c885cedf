/** The keys of a party: which there are, where they are kept, and what its statements say about them. */
import { keysDigest, type PartyPayload } from '@comity/statement'
import { join } from 'node:path'
import { CliError } from '../cli-error.ts'
import { crypto } from '../crypto-port.ts'
import { createPrivateFile, replacePrivateFile } from '../home/private-file.ts'
import type { Home } from '../home/profile.ts'
import { type GivenKeys, givenRoleKey, noKeys } from './given-keys.ts'
import { sealKeys } from './key-file.ts'
import { jwkFor, newRoleKey, publicEntry, type RoleKey } from './role-key.ts'

/** k of n keys recover a party. */
export interface RecoveryScheme {
  readonly threshold: number
  readonly keys: number
}

/** `2-of-3`. Throws `usage`. */
export function recoveryScheme(text: string): RecoveryScheme {
  const [, k = '', n = ''] = /^([0-9]{1,2})-of-([0-9]{1,2})$/.exec(text) ?? []
  const scheme = { threshold: Number(k), keys: Number(n) }
  if (scheme.threshold < 1 || scheme.threshold > scheme.keys || scheme.keys > 16) {
    throw new CliError('usage', `--recovery "${text}" is not of the form 2-of-3, with at most 16 keys`)
  }
  return scheme
}

/** The keys with which people sign: one that signs, and one for each further pair of eyes. */
export interface HumanKeys {
  readonly sign: RoleKey
  readonly approvers: readonly RoleKey[]
}

export function newHumanKeys(approvers: number, given: GivenKeys = noKeys): HumanKeys {
  return {
    sign: givenRoleKey(given, 'sign', ['sign']),
    approvers: Array.from({ length: approvers }, (_, i) => givenRoleKey(given, `approve-${i + 1}`, ['approve'])),
  }
}

/** Everything a new party has. `next` is committed to and kept apart, like the recovery keys. */
export interface NewPartyKeys {
  readonly current: HumanKeys
  readonly next: HumanKeys
  readonly recovery: readonly RoleKey[]
}

export function newPartyKeys(approvers: number, recovery: RecoveryScheme, given?: GivenKeys): NewPartyKeys {
  return {
    current: newHumanKeys(approvers, given),
    next: newHumanKeys(approvers),
    recovery: Array.from({ length: recovery.keys }, (_, i) => newRoleKey(`recovery-${i + 1}`, [])),
  }
}

/**
 * The `keys` of a party statement. Those that are kept elsewhere, by other people and by a node, come last and survive a
 * rotation of the keys at hand.
 */
export function keyEntries({ sign, approvers }: HumanKeys, elsewhere: PartyPayload['keys'] = []): PartyPayload['keys'] {
  return [publicEntry(sign), ...approvers.map(publicEntry), ...elsewhere]
}

/** What a party statement says about keys, its recovery and its next keys. */
export function keyMembers(
  { current, next, recovery }: NewPartyKeys,
  scheme: RecoveryScheme,
  elsewhere: PartyPayload['keys'] = [],
): Pick<PartyPayload, 'keys' | 'next' | 'recovery'> {
  return {
    keys: keyEntries(current, elsewhere),
    next: keysDigest(keyEntries(next, elsewhere), crypto),
    recovery: { threshold: scheme.threshold, keys: recovery.map(jwkFor) },
  }
}

/** The entries of a payload that belong to a running node and not to a person. */
export function nodeEntries(keys: PartyPayload['keys']): PartyPayload['keys'] {
  return keys.filter(({ roles, kinds }) => {
    const isUnattended = kinds?.length === 1 && kinds[0] === 'findings'
    return (
      isUnattended ||
      roles.some((role) => role === 'receipt' || role === 'log' || role === 'witness' || role === 'seal')
    )
  })
}

/** The entries of approvers; the first are those whose keys were made with the party, as many as it has of them. */
export function approverEntries(keys: PartyPayload['keys']): PartyPayload['keys'] {
  return keys.filter(({ roles }) => roles.length === 1 && roles[0] === 'approve')
}

/** The entries that a rotation leaves as they are: approvers who made their own keys, and what a node signs with. */
export function entriesElsewhere(keys: PartyPayload['keys'], approversAtHand: number): PartyPayload['keys'] {
  return [...approverEntries(keys).slice(approversAtHand), ...nodeEntries(keys)]
}

const nextPrefix = 'next-'

/** Names the next keys so that they stand beside the recovery keys in one file. */
function asNext({ sign, approvers }: HumanKeys): readonly RoleKey[] {
  return [sign, ...approvers].map((each) => ({ ...each, name: nextPrefix + each.name }))
}

/** The next keys in an opened recovery file; undefined where it holds none. */
export function nextKeysIn(keys: readonly RoleKey[]): HumanKeys | undefined {
  const named = keys
    .filter(({ name }) => name.startsWith(nextPrefix))
    .map((each) => ({ ...each, name: each.name.slice(nextPrefix.length) }))
  const sign = named.find(({ name }) => name === 'sign')
  return sign === undefined ? undefined : { sign, approvers: named.filter((each) => each !== sign) }
}

/** The recovery keys in an opened recovery file. */
export function recoveryKeysIn(keys: readonly RoleKey[]): readonly RoleKey[] {
  return keys.filter(({ name }) => name.startsWith('recovery-'))
}

export interface KeyFilesWritten {
  /** Key files in the home. */
  readonly keys: readonly string[]
  /** Files that belong elsewhere. */
  readonly recovery: readonly string[]
}

/**
 * Writes the recovery files: the next keys with the first recovery key, and each further recovery key in a file of its
 * own, for another person.
 */
export async function writeRecoveryFiles(
  home: Home,
  {
    alias,
    party,
    passphrase,
  }: { readonly alias: string; readonly party: string; readonly passphrase: string | undefined },
  {
    next,
    recovery,
    suffix = 'recovery',
  }: { readonly next: HumanKeys; readonly recovery: readonly RoleKey[]; readonly suffix?: string },
): Promise<readonly string[]> {
  const [first, ...others] = recovery
  const contents = [[...(first === undefined ? [] : [first]), ...asNext(next)], ...others.map((each) => [each])]
  const paths: string[] = []
  for (const [i, keys] of contents.entries()) {
    const path = home.recoveryFile(alias, contents.length === 1 ? suffix : `${suffix}-${i + 1}`)
    createPrivateFile(path, await sealKeys({ party, keys }, passphrase))
    paths.push(path)
  }
  return paths
}

/** Writes the key files of the people who sign for a party, each its own, so that they can be handed out. */
export async function writeHumanKeys(
  home: Home,
  {
    alias,
    party,
    passphrase,
  }: { readonly alias: string; readonly party: string; readonly passphrase: string | undefined },
  { sign, approvers }: HumanKeys,
): Promise<readonly string[]> {
  const paths: string[] = []
  for (const each of [sign, ...approvers]) {
    const path = join(home.keysOf(alias), `${each.name}.json`)
    replacePrivateFile(path, await sealKeys({ party, keys: [each] }, passphrase))
    paths.push(path)
  }
  return paths
}
