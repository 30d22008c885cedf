/**
 * Key files: the private keys of one holder, encrypted under a passphrase.
 *
 *     { "format": "comity keys 1", "party": "urn:comity:party:…",
 *       "keys": [{ "name": "sign", "roles": ["sign"], "jwk": {…}, "kid": "…" }],
 *       "secret": { "kdf": "scrypt", "n": 131072, "r": 8, "p": 1, "salt": "…",
 *                   "cipher": "aes-256-gcm", "nonce": "…", "data": "…" } }
 *
 * The secret is a JSON object from name to PKCS #8 (or raw bytes, for symmetric keys) in base64url. Everything else in
 * the file is bound to it as associated data, so that nobody gives a key another name or role. Without encryption,
 * which takes an explicit option, `secret` is `{ "insecure": {name: bytes} }`.
 */
import { privateKeyFromPkcs8 } from '@comity/crypto'
import { canonicalJson, canonicalJsonBytes, type Role, roles as knownRoles } from '@comity/statement'
import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import { CliError } from '../cli-error.ts'
import { isRecord } from '../home/private-file.ts'
import { jwkFor, kidHexOf, type RoleKey, signsStatements } from './role-key.ts'

const format = 'comity keys 1'

/** scrypt (RFC 7914): 128 MiB and about a third of a second for each guess. */
const cost = { n: 2 ** 17, r: 8, p: 1 } as const

/** A file that asks for more memory than this is not ours: 1 GiB. */
const maxMemory = 2 ** 30

/** The keys of one file. */
export interface KeyRing {
  /** Whose keys these are: a party URN. */
  readonly party: string
  readonly keys: readonly RoleKey[]
  /** Symmetric keys by name: `master` wraps the vault's data keys. */
  readonly symmetric?: Readonly<Record<string, Uint8Array>>
}

/** The text of a key file; deriving its key takes a moment, off this thread. An undefined passphrase leaves the keys unencrypted: the caller has asked the user. */
export async function sealKeys(ring: KeyRing, passphrase: string | undefined): Promise<string> {
  const open = {
    format,
    party: ring.party,
    keys: ring.keys.map((each) => ({
      name: each.name,
      roles: each.roles,
      ...(each.kinds === undefined ? {} : { kinds: each.kinds }),
      jwk: jwkFor(each),
      kid: kidHexOf(each),
    })),
  }
  const secrets: Record<string, string> = {}
  for (const { name, key } of ring.keys) secrets[name] = Buffer.from(key.pkcs8()).toString('base64url')
  for (const [name, bytes] of Object.entries(ring.symmetric ?? {})) {
    secrets[name] = Buffer.from(bytes).toString('base64url')
  }
  const secret = passphrase === undefined ? { insecure: secrets } : await encrypt(open, secrets, passphrase)
  return `${JSON.stringify({ ...open, secret }, null, 2)}\n`
}

/** What a key file says in the clear. */
export interface KeyFile {
  readonly path: string
  readonly party: string
  readonly isEncrypted: boolean
  /** Rejects with CliError `passphrase` for a wrong passphrase or a changed file. */
  open(passphrase: string | undefined): Promise<KeyRing>
}

/** Reads a key file without opening it. Throws CliError `bad-input` for what is none. */
export function parseKeyFile(value: unknown, path: string): KeyFile {
  if (!isRecord(value) || value['format'] !== format) throw malformed(path, `format is not "${format}"`)
  const { party, keys, secret } = value
  if (typeof party !== 'string' || !Array.isArray(keys) || !isRecord(secret))
    throw malformed(path, 'members are missing')
  const insecure = secret['insecure']
  const open = { format, party, keys }
  return {
    path,
    party,
    isEncrypted: insecure === undefined,
    async open(passphrase) {
      const secrets = insecure ?? (await decrypt(open, secret, passphrase ?? '', path))
      if (!isRecord(secrets)) throw malformed(path, 'its secret part is no object')
      return ringOf(party, keys, secrets, path)
    },
  }
}

function ringOf(
  party: string,
  keys: readonly unknown[],
  secrets: Readonly<Record<string, unknown>>,
  path: string,
): KeyRing {
  const found = keys.map((entry) => roleKeyOf(entry, secrets, path))
  const names = new Set(found.map((each) => each.name))
  const symmetric: Record<string, Uint8Array> = {}
  for (const [name, text] of Object.entries(secrets)) {
    if (!names.has(name)) symmetric[name] = bytesOf(text, path)
  }
  return { party, keys: found, symmetric }
}

function roleKeyOf(entry: unknown, secrets: Readonly<Record<string, unknown>>, path: string): RoleKey {
  if (!isRecord(entry)) throw malformed(path, 'an entry under keys is no object')
  const { name, roles, kinds, jwk } = entry
  if (typeof name !== 'string' || !isRoles(roles)) throw malformed(path, 'a key has no name or no roles')
  if (kinds !== undefined && !isTexts(kinds)) throw malformed(path, `kinds of the key ${name} are no list of texts`)
  const key = privateKeyFromPkcs8(bytesOf(secrets[name], path))
  if (!signsStatements(key) && roles.some((role) => role !== 'witness')) {
    throw malformed(path, `the key ${name} is of type ${key.alg}, which signs no statement`)
  }
  const roleKey: RoleKey = { name, roles, ...(kinds === undefined ? {} : { kinds }), key }
  // In an unencrypted file nothing else binds the two parts together.
  if (canonicalJson(jwkFor(roleKey)) !== canonicalJson(jwk ?? null)) {
    throw malformed(path, `the public part of the key ${name} does not belong to its private part`)
  }
  return roleKey
}

async function encrypt(open: object, secrets: object, passphrase: string): Promise<object> {
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const parameters = {
    kdf: 'scrypt',
    ...cost,
    salt: salt.toString('base64url'),
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64url'),
  }
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, salt, cost), nonce)
  cipher.setAAD(canonicalJsonBytes({ ...open, secret: parameters }))
  const data = Buffer.concat([cipher.update(JSON.stringify(secrets)), cipher.final(), cipher.getAuthTag()])
  return { ...parameters, data: data.toString('base64url') }
}

async function decrypt(
  open: object,
  secret: Readonly<Record<string, unknown>>,
  passphrase: string,
  path: string,
): Promise<unknown> {
  const { data, ...parameters } = secret
  const { kdf, n, r, p, salt, cipher, nonce } = parameters
  if (kdf !== 'scrypt' || cipher !== 'aes-256-gcm')
    throw malformed(path, 'it is not encrypted with scrypt and AES-256-GCM')
  if (!isCount(n) || !isCount(r) || !isCount(p) || 128 * n * r * p > maxMemory)
    throw malformed(path, 'its scrypt parameters are not sensible')
  const sealed = bytesOf(data, path)
  const opener = createDecipheriv(
    'aes-256-gcm',
    await derive(passphrase, bytesOf(salt, path), { n, r, p }),
    bytesOf(nonce, path),
  )
  opener.setAAD(canonicalJsonBytes({ ...open, secret: parameters }))
  try {
    opener.setAuthTag(sealed.subarray(-16))
    return JSON.parse(Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()]).toString())
  } catch (error) {
    throw new CliError('passphrase', `the passphrase does not open ${path}, or the file was changed`, { cause: error })
  }
}

const scryptOffThread = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt)

function derive(
  passphrase: string,
  salt: Uint8Array,
  { n, r, p }: { n: number; r: number; p: number },
): Promise<Buffer> {
  return scryptOffThread(passphrase.normalize('NFC'), salt, 32, { N: n, r, p, maxmem: 2 * maxMemory })
}

function bytesOf(text: unknown, path: string): Uint8Array {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text)) throw malformed(path, 'bytes are not in base64url')
  return Buffer.from(text, 'base64url')
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function isRoles(value: unknown): value is readonly Role[] {
  return isTexts(value) && value.every((each) => (knownRoles as readonly string[]).includes(each)) // widened to compare
}

function malformed(path: string, why: string): CliError {
  return new CliError('bad-input', `${path} is no key file of this version: ${why}`)
}
