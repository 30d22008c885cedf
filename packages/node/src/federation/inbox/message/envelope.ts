/**
 * What is sealed: the message as its author signed it, and what opens its attachments. The keys stand beside the message
 * and not in it, so that a message can be disclosed without them.
 *
 *     {"keys":["<32 bytes>", …],"message":"<COSE_Sign1>"}      canonical JSON (RFC 8785), bytes in base64url
 */
import { StatementError, canonicalJsonBytes, parseIJson } from '@comity/statement'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { NodeError } from '../../../node-error.ts'
import { type Opened, openMessage } from './opened-message.ts'

export interface Envelope {
  /** Tagged COSE_Sign1 of kind `message`. */
  readonly message: Uint8Array
  /** 32 bytes for each attachment, in their order. */
  readonly keys: readonly Uint8Array[]
}

const keyBytes = 32

const schema = Compile(
  Type.Object(
    {
      message: Type.String({ pattern: '^[A-Za-z0-9_-]+$', maxLength: 90_000 }),
      keys: Type.Array(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }), { maxItems: 16 }),
    },
    { additionalProperties: false },
  ),
)

export function encodeEnvelope({ message, keys }: Envelope): Uint8Array {
  return canonicalJsonBytes({ message: base64url(message), keys: keys.map(base64url) })
}

/** What came out of a seal, read strictly. Throws `malformed-message`, and StatementError for the message in it. */
export function openEnvelope(bytes: Uint8Array): Envelope & { readonly opened: Opened } {
  const value = read(bytes)
  const message = Buffer.from(value.message, 'base64url')
  const keys = value.keys.map((text) => new Uint8Array(Buffer.from(text, 'base64url')))
  const opened = openMessage(message)
  const wanted = opened.payload.attachments?.length ?? 0
  if (keys.length !== wanted || keys.some((key) => key.length !== keyBytes)) {
    throw malformed(`it has ${keys.length} keys for ${wanted} attachments`)
  }
  const envelope = { message: opened.statement.leaf, keys }
  // One envelope has one writing; nothing else is hidden in it.
  if (!Buffer.from(encodeEnvelope(envelope)).equals(bytes)) throw malformed('it is not in canonical form')
  return { ...envelope, opened }
}

function read(bytes: Uint8Array): { readonly message: string; readonly keys: readonly string[] } {
  let value: unknown
  try {
    value = parseIJson(bytes)
  } catch (error) {
    if (error instanceof StatementError) throw malformed('it is not I-JSON')
    throw error
  }
  if (!schema.Check(value)) throw malformed('its members are not message and keys')
  return value
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

/** What is inside is nobody's business: the message says what is wrong and repeats nothing. */
function malformed(why: string): NodeError {
  return new NodeError('malformed-message', `the seal was opened, and what is in it is no message: ${why}`)
}
