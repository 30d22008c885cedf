/** A sealed message as it travels: JWE in its general JSON form (RFC 7516 §7.2.1), read strictly. */
import { StatementError, parseIJson } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { NodeError } from '../../../node-error.ts'

/** Most bytes of it: the largest size class in base64url, and sixteen recipients with four keys each. */
export const maxSealedBytes = 256 * 1024

/** Entries for recipients: sixteen parties, four keys each. */
const maxRecipients = 64

const base64url = (maxLength: number) => Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength })
const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

const ephemeral = Type.Union([
  closed({ kty: Type.Literal('OKP'), crv: Type.Literal('X25519'), x: base64url(43) }),
  closed({ kty: Type.Literal('EC'), crv: Type.Literal('P-256'), x: base64url(43), y: base64url(43) }),
])

export const keyAgreement = 'ECDH-ES+A256KW'
export const contentEncryption = 'A256GCM'
export const sealedType = 'comity-message'

const sealedSchema = closed({
  protected: base64url(400),
  recipients: Type.Array(
    closed({
      header: closed({
        alg: Type.Literal(keyAgreement),
        kid: Type.String({ pattern: '^[0-9a-f]{64}$' }),
        epk: Type.Optional(ephemeral),
      }),
      encrypted_key: base64url(54),
    }),
    { minItems: 1, maxItems: maxRecipients },
  ),
  iv: base64url(16),
  ciphertext: base64url(180_000),
  tag: base64url(22),
})

const headerSchema = closed({
  enc: Type.Literal(contentEncryption),
  typ: Type.Literal(sealedType),
  epk: Type.Optional(ephemeral),
})

export type Sealed = Static<typeof sealedSchema>

const sealedCheck = Compile(sealedSchema)
const headerCheck = Compile(headerSchema)

/** Reads a sealed message without opening it. Throws `message-too-large` or `not-sealed`. */
export function readSealed(bytes: Uint8Array): Sealed {
  if (bytes.length > maxSealedBytes) {
    throw new NodeError('message-too-large', `a sealed message has at most ${maxSealedBytes} bytes`)
  }
  const sealed = json(bytes)
  if (!sealedCheck.Check(sealed)) throw notSealed('its members are not those of one')
  const header = json(Buffer.from(sealed.protected, 'base64url'))
  if (!headerCheck.Check(header)) throw notSealed('its protected header is not that of one')
  // The ephemeral key stands with the one recipient's protected header, or with each recipient: never both.
  const inHeader = header.epk !== undefined
  const right = sealed.recipients.every((each) => (each.header.epk === undefined) === inHeader)
  if (!right || (inHeader && sealed.recipients.length > 1))
    throw notSealed('an ephemeral key is missing, or stands twice')
  return sealed
}

function json(bytes: Uint8Array): unknown {
  try {
    return parseIJson(bytes)
  } catch (error) {
    if (error instanceof StatementError) throw notSealed('it is not JSON')
    throw error
  }
}

export function notSealed(why: string): NodeError {
  return new NodeError('not-sealed', `this is no sealed message (JWE in general JSON form): ${why}`)
}
