import { sha256 } from '@comity/crypto'
import { type Cosigner, cosigner, ed25519Signer, mlDsaCosigner, signNote } from '@comity/log'
import type { NodeKeys } from '@comity/node'
import { toHex } from '@comity/statement'
import { randomBytes } from 'node:crypto'
import { CliError } from '../cli-error.ts'
import { type GivenKeys, givenRoleKey, noKeys } from './given-keys.ts'
import type { KeyRing } from './key-file.ts'
import { type RoleKey, signerOf } from './role-key.ts'

/** The keys that a node signs with unattended. Each can do one thing only. */
export interface NewNodeKeys {
  readonly keys: readonly RoleKey[]
  readonly master: Uint8Array
}

export function newNodeKeys(given: GivenKeys = noKeys): NewNodeKeys {
  return {
    keys: [
      givenRoleKey(given, 'findings', ['sign'], ['findings']),
      givenRoleKey(given, 'receipt', ['receipt']),
      givenRoleKey(given, 'log', ['log']),
      ...witnessKeyNames.map((name) => givenRoleKey(given, name, ['witness'])),
    ],
    master: randomBytes(32),
  }
}

/** What a node cosigns the logs of its peers with: an Ed25519 key and one of ML-DSA-44. */
const witnessKeyNames: readonly string[] = ['witness', 'witness-ml-dsa-44']

/** New keys of those to cosign with that a node lacks: one that was founded before there were any has none. */
export function absentWitnessKeys({ keys }: KeyRing): readonly RoleKey[] {
  return witnessKeyNames
    .filter((name) => keys.every((each) => each.name !== name))
    .map((name) => givenRoleKey(noKeys, name, ['witness']))
}

/** Every key that a new node signs with, by its name in the key file. */
export const nodeKeyNames: readonly string[] = ['findings', 'receipt', 'log', ...witnessKeyNames]

/** The origin of a log that has no name of its own: the hash of its first key, under a name that no DNS resolves. */
export function defaultOrigin(keys: readonly RoleKey[]): string {
  return `${toHex(sha256(keyNamed(keys, 'log').key.publicKey))}.comity.invalid`
}

/** Raw public key of the log in a node's key file. */
export function logKeyOf(ring: KeyRing): Uint8Array {
  return keyNamed(ring.keys, 'log').key.publicKey
}

/** Makes signers of the keys in a node's key file. */
export function nodeKeysOf(
  ring: KeyRing,
  origin: string,
): { readonly keys: NodeKeys; readonly masterKey?: Uint8Array } {
  const log = keyNamed(ring.keys, 'log').key
  const noteSigner = ed25519Signer(origin, log, sha256)
  const findings = ring.keys.find((each) => each.name === 'findings')
  const masterKey = ring.symmetric?.['master']
  return {
    keys: {
      receipt: signerOf(keyNamed(ring.keys, 'receipt')),
      log: { publicKey: log.publicKey, signNote: (text) => signNote(text, [noteSigner]) },
      ...(findings === undefined ? {} : { findings: signerOf(findings) }),
      witness: cosignersOf(ring, origin),
    },
    ...(masterKey === undefined ? {} : { masterKey }),
  }
}

/** A node founded before there were such keys has none of them, and is no witness. */
function cosignersOf({ keys }: KeyRing, origin: string): readonly Cosigner[] {
  return keys
    .filter(({ name }) => witnessKeyNames.includes(name))
    .map(({ key }) => (key.alg === 'ML-DSA-44' ? mlDsaCosigner : cosigner)(origin, key, sha256))
}

function keyNamed(keys: readonly RoleKey[], name: string): RoleKey {
  const found = keys.find((each) => each.name === name)
  if (found === undefined) throw new CliError('missing-key', `the node's key file holds no key named ${name}`)
  return found
}
