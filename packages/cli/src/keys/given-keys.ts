/**
 * Keys that somebody brings along when a node is founded, made by other tools or held somewhere else before: PKCS #8 PEMs
 * (RFC 7468), unencrypted, each under a line with its name.
 *
 *     log:
 *     -----BEGIN PRIVATE KEY-----
 *     …
 *     -----END PRIVATE KEY-----
 */
import { CryptoError, type PrivateKey, privateKeyFromPkcs8 } from '@comity/crypto'
import type { Role } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { newRoleKey, type RoleKey, signsStatements } from './role-key.ts'

/** Private keys by the name of what they are for. */
export type GivenKeys = ReadonlyMap<string, PrivateKey>

export const noKeys: GivenKeys = new Map()

const pem =
  /(?:^|\n)[ \t]*([^\s:]*):?[ \t]*\n-----BEGIN ([A-Z0-9 ]+)-----\n([A-Za-z0-9+/=\s]*?)\n-----END \2-----[ \t]*(?=\n|$)/g

/**
 * Reads named PEMs. `names` are those that have a use; what the text does not name is made anew by the caller.
 *
 * @throws CliError `bad-input`, which never quotes the text: it is secret.
 */
export function parseGivenKeys(text: string, where: string, names: readonly string[]): GivenKeys {
  const found = new Map<string, PrivateKey>()
  const plain = text.replaceAll('\r\n', '\n')
  const owners = new Map<string, string>()
  for (const [, name = '', label, base64 = ''] of plain.matchAll(pem)) {
    if (!names.includes(name)) {
      throw bad(where, `each key stands under a line with its name and a colon, one of ${names.join(', ')}`)
    }
    if (found.has(name)) throw bad(where, `there are two keys named ${name}`)
    if (label !== 'PRIVATE KEY') throw bad(where, `the key ${name} is not an unencrypted PKCS #8 key (PRIVATE KEY)`)
    const key = privateKeyIn(base64, name, where)
    const alg = fixedAlgorithms.get(name)
    if (alg !== undefined && key.alg !== alg) {
      throw bad(where, `the key ${name} must be an ${alg === 'EdDSA' ? 'Ed25519' : alg} key`)
    }
    const publicKey = Buffer.from(key.publicKey).toString('hex')
    const other = owners.get(publicKey)
    if (other !== undefined) throw bad(where, `${other} and ${name} are the same key: each can do one thing only`)
    owners.set(publicKey, name)
    found.set(name, key)
  }
  // A key that was overlooked would be replaced by another without a word.
  if (found.size === 0 || found.size !== plain.split('-----BEGIN').length - 1) {
    throw bad(where, `each key is a PEM under a line with its name and a colon, one of ${names.join(', ')}`)
  }
  return found
}

/** Keys that sign what has one algorithm: checkpoints, and cosignatures of either kind. */
const fixedAlgorithms: ReadonlyMap<string, PrivateKey['alg']> = new Map([
  ['log', 'EdDSA'],
  ['witness', 'EdDSA'],
  ['witness-ml-dsa-44', 'ML-DSA-44'],
])

/** The key of this name, or a new one. */
export function givenRoleKey(
  given: GivenKeys,
  name: string,
  roles: readonly Role[],
  kinds?: readonly string[],
): RoleKey {
  const key = given.get(name)
  const made = newRoleKey(name, roles, kinds, fixedAlgorithms.get(name))
  return key === undefined ? made : { ...made, key }
}

function privateKeyIn(base64: string, name: string, where: string): PrivateKey {
  try {
    const key = privateKeyFromPkcs8(Buffer.from(base64, 'base64'))
    if (signsStatements(key) || fixedAlgorithms.has(name)) return key
    throw bad(where, `the key ${name}: a key of type ${key.alg} signs no statement: use Ed25519 or P-256`)
  } catch (error) {
    if (error instanceof CryptoError) throw bad(where, `the key ${name}: ${error.message}`, error)
    throw error
  }
}

function bad(where: string, why: string, cause?: Error): CliError {
  return new CliError('bad-input', `${where} cannot be used: ${why}`, { cause })
}
