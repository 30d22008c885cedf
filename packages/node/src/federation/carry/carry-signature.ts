import { verify } from '@comity/crypto'
import { type PartyState, type Signer, rawKey, toHex } from '@comity/statement'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** What an exporter signs with its receipt key, as a compact JWS (RFC 7515 §7.1). */
export interface CarryClaims {
  /** The keeper of the node that made the file. */
  readonly by: string
  /** Whole seconds since the epoch. */
  readonly at: number
  /** SHA-256 of all bytes before the signature, 64 hex digits. */
  readonly digest: string
}

/** `unknown`: no key of that party is known here. A file counts for what it holds, whoever carried it. */
export type CarrySignature = 'right' | 'wrong' | 'unknown'

const claimsSchema = Compile(
  Type.Object({ by: Type.String(), at: Type.Integer(), digest: Type.String() }, { additionalProperties: false }),
)
const headerSchema = Compile(
  Type.Object(
    { alg: Type.Union([Type.Literal('EdDSA'), Type.Literal('ES256')]), kid: Type.String() },
    { additionalProperties: false },
  ),
)

export function signCarry(claims: CarryClaims, signer: Signer): string {
  const signed = `${encoded({ alg: signer.alg, kid: toHex(signer.kid) })}.${encoded(claims)}`
  return `${signed}.${Buffer.from(signer.sign(Buffer.from(signed))).toString('base64url')}`
}

/** Checks a signature against what was read, with the receipt keys that the exporter's own statements name. */
export function checkCarrySignature(
  jws: string,
  read: CarryClaims,
  findParty: (urn: string) => Pick<PartyState, 'keys'> | undefined,
): CarrySignature {
  const [head = '', body = '', signature = '', ...more] = jws.split('.')
  const [header, claims] = [decoded(head), decoded(body)]
  if (more.length > 0 || !headerSchema.Check(header) || !claimsSchema.Check(claims)) return 'wrong'
  if (claims.by !== read.by || claims.at !== read.at || claims.digest !== read.digest) return 'wrong'
  const party = findParty(claims.by)
  if (party === undefined) return 'unknown'
  const key = party.keys.find(({ kid, roles }) => kid === header.kid && roles.includes('receipt'))
  if (key === undefined) return 'unknown'
  const { alg, bytes } = rawKey(key)
  if (alg !== header.alg) return 'wrong'
  const isRight = verify(alg, bytes, Buffer.from(`${head}.${body}`), Buffer.from(signature, 'base64url'))
  return isRight ? 'right' : 'wrong'
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
