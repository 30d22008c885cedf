import { generateKeyPair, type PrivateKey } from '@comity/crypto'
import { type Jwk, jwkOf, keyThumbprint, type PartyPayload, type Role, type Signer, toHex } from '@comity/statement'
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

/** A new Ed25519 key. */
export function newRoleKey(name: string, roles: readonly Role[], kinds?: readonly string[]): RoleKey {
  return { name, roles, ...(kinds === undefined ? {} : { kinds }), key: generateKeyPair('EdDSA') }
}

export function jwkFor({ key }: Pick<RoleKey, 'key'>): Jwk {
  return jwkOf({ alg: key.alg, bytes: key.publicKey })
}

/** Signs statements with this key. */
export function signerOf({ key }: Pick<RoleKey, 'key'>): Signer {
  return {
    alg: key.alg,
    kid: keyThumbprint({ alg: key.alg, bytes: key.publicKey }, crypto),
    sign: (message) => key.sign(message),
  }
}

/** Thumbprint, 64 hexadecimal digits. */
export function kidHexOf(roleKey: Pick<RoleKey, 'key'>): string {
  return toHex(signerOf(roleKey).kid)
}

/** As the `keys` of a party statement list it. */
export function publicEntry(roleKey: RoleKey): PartyPayload['keys'][number] {
  const { roles, kinds } = roleKey
  return { jwk: jwkFor(roleKey), roles: [...roles], ...(kinds === undefined ? {} : { kinds: [...kinds] }) }
}
