/**
 * One message, shown to whom its holder chooses, with what proves it: `comity disclosure 1`.
 *
 * It holds the message as it was signed, the statement with which a node committed to it in its hour, and the path that
 * leads from the one to the other; receipts of its delivery where the holder has them; and the first statements of the
 * parties, which bring their keys. Nothing else of the hour can be learnt from it.
 */
import { StatementError, canonicalJson, parseIJson } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

export const disclosureFormat = 'comity disclosure 1'

/** Largest file that is read: a message, a commitment, sixteen receipts and some parties. */
export const maxDisclosureBytes = 1024 * 1024

/** With no bits set that say nothing (RFC 4648 §3.5): there is one text of the same bytes, and so one file of a proof. */
const base64url = (maxLength: number) =>
  Type.String({
    pattern: '^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$',
    minLength: 1,
    maxLength,
  })
/** 32 bytes. */
const base64url32 = Type.String({ pattern: '^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$' })
const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const list = <S extends Parameters<typeof Type.Array>[0]>(items: S, maxItems: number) => Type.Array(items, { maxItems })

const schema = closed({
  format: Type.Literal(disclosureFormat),
  message: base64url(90_000),
  commitment: Type.Optional(
    closed({
      statement: base64url(20_000),
      salt: base64url32,
      direction: Type.Enum(['sent', 'received']),
      at: Type.Integer({ minimum: 0 }),
      slot: Type.Integer({ minimum: 0, maximum: 65_535 }),
      path: Type.Array(base64url32, { minItems: 16, maxItems: 16 }),
    }),
  ),
  deliveries: list(base64url(20_000), 32),
  parties: list(base64url(90_000), 16),
})

const checked = Compile(schema)

/** As it is written: bytes in base64url. */
export type Disclosure = Static<typeof schema>

/** The text of a disclosure: canonical JSON with a line break behind it. */
export function encodeDisclosure(disclosure: Disclosure): Uint8Array {
  return Buffer.from(`${canonicalJson(disclosure)}\n`)
}

/** Reads a disclosure; undefined for what is none. */
export function decodeDisclosure(bytes: Uint8Array): Disclosure | undefined {
  if (bytes.length > maxDisclosureBytes) return undefined
  try {
    const value = parseIJson(bytes)
    return checked.Check(value) ? value : undefined
  } catch (error) {
    if (error instanceof StatementError) return undefined
    throw error
  }
}

/** Whether a file says of itself that it is a disclosure, of whatever form it then turns out to be. */
export function looksLikeDisclosure(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 65_536 * 4)).toString('latin1')
  return start.trimStart().startsWith('{') && start.includes('"format":"comity disclosure ')
}
