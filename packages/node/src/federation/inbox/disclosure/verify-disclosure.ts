import { sha256 } from '@comity/crypto'
import {
  type DeliveryPayload,
  StatementError,
  decodeReceipt,
  decodeStatement,
  digestText,
  readPayloadAs,
  statementUrn,
  type Statement,
} from '@comity/statement'
import { LogError, verifyInclusion } from '@comity/log'
import { treeHasher } from '@comity/crypto'
import type { KnownKeys } from '../../../audit/known-keys.ts'
import type { Verification } from '../../../audit/verification.ts'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'
import { treeLeaves } from '../commitment/padded-tree.ts'
import { trafficLeaf } from '../commitment/traffic-leaf.ts'
import { type Opened, openMessage } from '../message/opened-message.ts'
import type { Disclosure } from './disclosure.ts'

/** How statements inside are checked: by what verifies files of their own. */
export interface StatementChecks {
  /** Signature of a statement under a known key of its issuer. */
  signature(statement: Statement): void
  /** A receipt of a log for an entry. */
  receipt(receipt: Uint8Array, leaf: Uint8Array): void
}

/** Verifies a disclosure: each step says what was looked at. Never throws for what is in it. */
export function verifyDisclosure(
  disclosure: Disclosure,
  keys: KnownKeys,
  verification: Verification,
  checks: StatementChecks,
): void {
  for (const party of disclosure.parties) {
    const wrong = attempt(() => keys.addParty(Buffer.from(party, 'base64url')))
    if (wrong instanceof Error) verification.wrong('name', `a party statement in the file: ${wrong.message}`)
  }
  const opened = attempt(() => openMessage(Buffer.from(disclosure.message, 'base64url')))
  if (opened instanceof Error) {
    verification.wrong('form', `the message in the file: ${opened.message}`, codeOf(opened))
    return
  }
  describe(opened, verification)
  checks.signature(opened.statement)
  checkCommitment(disclosure, opened, verification, checks)
  for (const delivery of disclosure.deliveries) checkDelivery(delivery, opened, verification, checks)
  verification.beyond(
    'authority',
    'that the author’s key could sign for its party then, and that the author wrote no other message besides: ask the log, and the other side',
  )
}

function describe({ statement, payload, digest }: Opened, verification: Verification): void {
  const { about } = verification
  about['author'] = statement.iss
  about['id'] = statement.id
  about['digest'] = digest
  about['signed'] = isoTime(statement.iat)
  about['to'] = [...payload.to, ...(payload.other === undefined ? [] : [payload.other])].join(', ')
  if (payload.subject !== undefined) about['subject'] = payload.subject
  about['text'] = payload.text
  for (const [i, { name, size, digest: file }] of (payload.attachments ?? []).entries()) {
    about[`attachment ${i + 1}`] = `${name}, ${size} bytes, ${file}`
  }
  verification.right('form', `a message; its identifier is ${statement.id}`)
}

function checkCommitment(
  { commitment }: Disclosure,
  { digest }: Opened,
  verification: Verification,
  checks: StatementChecks,
): void {
  if (commitment === undefined) {
    verification.unchecked('commitment', 'no commitment is in the file: nothing shows when the message was there')
    return
  }
  const found = attempt(() => {
    const statement = decodeStatement(Buffer.from(commitment.statement, 'base64url'), crypto)
    return { statement, payload: readPayloadAs(statement, 'commitment') }
  })
  if (found instanceof Error) {
    verification.wrong('commitment', `the commitment in the file: ${found.message}`, codeOf(found))
    return
  }
  const { statement, payload } = found
  const { salt, direction, at, slot, path } = commitment
  const leafHash = trafficLeaf({
    salt: Buffer.from(salt, 'base64url'),
    message: digest.slice('sha256:'.length),
    direction,
    at,
  })
  const root = Buffer.from(payload.root.slice('sha256:'.length), 'hex')
  const proof = path.map((hash) => Buffer.from(hash, 'base64url'))
  const wrong = attempt(() => verifyInclusion(treeHasher, { index: slot, size: treeLeaves, leafHash, root, proof }))
  if (wrong instanceof Error) {
    verification.wrong('commitment', 'the message is not under the root that the node committed to', 'proof-invalid')
    return
  }
  verification.right(
    'commitment',
    `${statement.iss} committed, in the hour that ended at ${isoTime(payload.hour)}, to having ${direction} this very message at ${isoTime(at)}`,
  )
  checks.signature(statement)
  if (statement.receipts.length === 0) {
    verification.unchecked(
      'receipt',
      'no receipt of the log comes with the commitment: nothing shows that it was registered',
    )
  }
  for (const receipt of statement.receipts) {
    if (attempt(() => decodeReceipt(receipt)) instanceof Error)
      verification.wrong('receipt', 'malformed', 'bad-receipt')
    else checks.receipt(receipt, statement.leaf)
  }
}

function checkDelivery(
  text: string,
  { statement, digest }: Opened,
  verification: Verification,
  checks: StatementChecks,
): void {
  const read = attempt((): { receipt: Statement; payload: DeliveryPayload } => {
    const receipt = decodeStatement(Buffer.from(text, 'base64url'), crypto)
    return { receipt, payload: readPayloadAs(receipt, 'delivery') }
  })
  if (read instanceof Error) {
    verification.wrong('delivery', `a receipt of delivery in the file: ${read.message}`, codeOf(read))
    return
  }
  const { receipt, payload } = read
  if (receipt.sub !== statementUrn(statement.id) || payload.digest !== digest) {
    verification.wrong('delivery', 'a receipt of delivery in the file is about another message')
    return
  }
  const what = payload.how === 'inbox' ? `taken for ${payload.to}` : 'opened by whoever had the link to it'
  const files = payload.attachments.length === 0 ? '' : `, with ${payload.attachments.length} attachments`
  verification.right('delivery', `${what} at ${isoTime(payload.at)}${files}, says ${receipt.iss}`)
  checks.signature(receipt)
}

function attempt<T>(read: () => T): T | StatementError | NodeError | LogError {
  try {
    return read()
  } catch (error) {
    if (error instanceof StatementError || error instanceof NodeError || error instanceof LogError) return error
    throw error
  }
}

function codeOf(error: StatementError | NodeError | LogError): string {
  return error.code
}

function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace('.000', '')
}

/** SHA-256 of a file that came with a message, as the message names it. */
export function fileDigest(bytes: Uint8Array): string {
  return digestText(sha256(bytes))
}
