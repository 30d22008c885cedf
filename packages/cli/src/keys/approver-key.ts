/**
 * The public part of an approval key that somebody else holds, as it goes from the one who approves to the one who founds
 * the party. Nothing in it is secret.
 *
 *     { "format": "comity approver 1", "jwk": { "kty": "OKP", "crv": "Ed25519", "x": "…" } }
 */
import { type Jwk, jwkOf, type PartyPayload, publicKeyOf, StatementError } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import { isRecord, readJson } from '../home/private-file.ts'
import { jwkFor, type RoleKey } from './role-key.ts'

const format = 'comity approver 1'

export function approverFileText(key: RoleKey): string {
  return `${JSON.stringify({ format, jwk: jwkFor(key) }, null, 2)}\n`
}

/** The entry of a party statement for the key in such a file. Throws CliError `bad-input` for what is none. */
export function approverEntry(path: string): PartyPayload['keys'][number] {
  const value = readJson(path, "the approver's public key")
  if (!isRecord(value) || value['format'] !== format || !isRecord(value['jwk'])) {
    throw new CliError('bad-input', `${path} holds no approver's public key: "comity party approver" makes one`)
  }
  const { kty, crv, x, y } = value['jwk']
  try {
    // Safe: decoding checks every member, and what comes out is built anew from the raw key.
    const jwk = jwkOf(publicKeyOf({ kty, crv, x, y } as Jwk))
    if (jwk.kty === 'AKP') throw new CliError('bad-input', `${path} holds a key that cannot sign approvals`)
    return { jwk, roles: ['approve'] }
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    throw new CliError('bad-input', `the key in ${path} cannot be used: ${error.message}`, { inner: error.code })
  }
}
