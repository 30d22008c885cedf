import { generateKeyPair, type PrivateKey } from '@comity/crypto'
import {
  type Algorithm,
  type Jwk,
  jwkOf,
  keyThumbprint,
  type PartyPayload,
  type Role,
  type Signer,
  toHex,
} from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { crypto } from '../crypto-port.ts'

/** A private key with what it is for. */
export interface RoleKey {
  /** `sign`, `approve-1`, `receipt`, `recovery-1` … unique within a key file. */
  readonly name: string
  readonly roles: readonly Role[]
  /** Narrows role `sign` to these kinds. */
  readonly kinds?: readonly string[]
  readonly key: PrivateKey
}

/** A private key that can sign statements: those that only cosign checkpoints cannot. */
export type StatementKey = PrivateKey<Algorithm>

export function signsStatements(key: PrivateKey): key is StatementKey {
  return key.alg !== 'ML-DSA-44'
}

/** A new key, of Ed25519 where nothing else is said. */
export function newRoleKey(
  name: string,
  roles: readonly Role[],
  kinds?: readonly string[],
  alg: PrivateKey['alg'] = 'EdDSA',
): RoleKey {
  return { name, roles, ...(kinds === undefined ? {} : { kinds }), key: generateKeyPair(alg) }
}

export function jwkFor({ key }: Pick<RoleKey, 'key'>): Jwk {
  return jwkOf({ alg: key.alg, bytes: key.publicKey })
}

/** Signs statements with this key. Throws CliError `missing-key` for one that only cosigns checkpoints. */
export function signerOf(roleKey: Pick<RoleKey, 'key'> & Partial<RoleKey>): Signer {
  const { key, name = 'given' } = roleKey
  if (!signsStatements(key)) {
    throw new CliError('missing-key', `the key ${name} is of type ${key.alg}, which signs no statement`)
  }
  return { alg: key.alg, kid: thumbprintOf(roleKey), sign: (message) => key.sign(message) }
}

/** Thumbprint, 64 hexadecimal digits. */
export function kidHexOf(roleKey: Pick<RoleKey, 'key'>): string {
  return toHex(thumbprintOf(roleKey))
}

function thumbprintOf({ key }: Pick<RoleKey, 'key'>): Uint8Array {
  return keyThumbprint({ alg: key.alg, bytes: key.publicKey }, crypto)
}

/** As the `keys` of a party statement list it. */
export function publicEntry(roleKey: RoleKey): PartyPayload['keys'][number] {
  const { roles, kinds } = roleKey
  return { jwk: jwkFor(roleKey), roles: [...roles], ...(kinds === undefined ? {} : { kinds: [...kinds] }) }
}
