import { sha256 } from '@comity/crypto'
import {
  type MessagePayload,
  type PartyState,
  type Statement,
  StatementError,
  decodeStatement,
  digestText,
  isContested,
  maySign,
  parseCorrespondenceUrn,
  publicKeyFor,
  readPayloadAs,
  verifySignatureAsync,
} from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'

/** A message whose form is right. Who wrote it is not checked yet: {@link checkAuthor} does. */
export interface Opened {
  readonly statement: Statement
  readonly payload: MessagePayload
  /** 64 hex digits. */
  readonly correspondence: string
  /** SHA-256 of the signed message, its signature included: `sha256:<hex>`. */
  readonly digest: string
}

/** Reads a signed message. Throws StatementError, and `malformed-message` for a statement of another kind. */
export function openMessage(bytes: Uint8Array): Opened {
  const statement = decodeStatement(bytes, crypto)
  if (statement.kind !== 'message') {
    throw new NodeError('malformed-message', 'what is signed is no message: its kind is another')
  }
  if (statement.receipts.length > 0) throw new NodeError('malformed-message', 'a message carries no receipts')
  const payload = readPayloadAs(statement, 'message')
  const correspondence = parseCorrespondenceUrn(statement.sub) ?? ''
  return { statement, payload, correspondence, digest: digestText(sha256(statement.leaf)) }
}

/** Behind every entry: what counts there counts now. */
const newest = Number.MAX_SAFE_INTEGER

/** A party with when its keys ended, as its home log has it here. */
export interface Author {
  readonly state: PartyState
  /** Time of an entry of that log, whole seconds; undefined where it is not known. */
  timeOf(index: number): number | undefined
}

/**
 * Whether the author signed it, with a key that might sign messages when it says it was signed. A key that was rotated
 * out since then counts, one that was declared compromised does not: a message may be on its way for days.
 *
 * Throws StatementError.
 */
export function checkAuthor({ statement }: Pick<Opened, 'statement'>, author: Author): Promise<void> {
  return checkSigner(statement, author)
}

/** The same for a statement of whichever kind that came sealed. Throws StatementError. */
export async function checkSigner(statement: Statement, { state, timeOf }: Author): Promise<void> {
  const { kidHex, kind, iat } = statement
  const key = publicKeyFor(state, kidHex)
  if (key === undefined) throw new StatementError('unknown-key', `key ${kidHex} is none of the author's`)
  await verifySignatureAsync(statement, key, crypto)
  if (isContested(state, kidHex, iat)) {
    throw new StatementError('revoked-key', `key ${kidHex} was in other hands when this was signed, its party says`)
  }
  const ended = state.keys.filter(({ kid, to }) => kid === kidHex && to !== undefined)
  const wasGood = ended.find(({ to }) => to !== undefined && iat < (timeOf(to) ?? 0))
  // Where it ended later than the message was signed, it is judged as of the index before.
  maySign(state, kidHex, kind, wasGood?.to === undefined ? newest : wasGood.to - 1)
}
