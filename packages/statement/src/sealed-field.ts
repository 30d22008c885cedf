/**
 * Fields of a move that not everybody who sees the move sees. The move is signed over a salted digest of each; who may
 * see it is given salt and value beside the move:
 *
 *     "sha256:" || hex SHA-256 of the canonical JSON (RFC 8785) of ["comity sealed field 1", salt, name, value]
 *
 * The form is that of selective disclosure with salted digests (as in SD-JWT, RFC 9901 §4.2).
 */
import { Type } from 'typebox'
import { canonicalJsonBytes } from './canonical-json.ts'
import type { StatementCrypto } from './crypto-port.ts'
import { digestText } from './identifiers.ts'
import { closed } from './kinds/fields.ts'

/** What opens one sealed field. */
export interface SealedField {
  readonly name: string
  /** 16 random bytes, unpadded base64url: else who guesses the value could try it against the digest. */
  readonly salt: string
  readonly value: unknown
}

/** JSON Schema of a {@link SealedField} as it travels. */
export const sealedFieldSchema = closed({
  name: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,63}$', description: 'field of the body of the move' }),
  salt: Type.String({ pattern: '^[A-Za-z0-9_-]{22}$', description: '16 random bytes, unpadded base64url' }),
  value: Type.Unknown({ description: 'what the field says' }),
})

/** `sha256:<hex>` under which a move names the field. */
export function sealedFieldDigest({ name, salt, value }: SealedField, crypto: Pick<StatementCrypto, 'sha256'>): string {
  return digestText(crypto.sha256(canonicalJsonBytes(['comity sealed field 1', salt, name, value])))
}
