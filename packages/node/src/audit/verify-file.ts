/**
 * Verification of one file without a network: `comity verify FILE`. Each step says what was checked; what could not be
 * checked for want of a key is said too, and so is what no file can show.
 */
import { LogError, isEquivocationProof, parseNote } from '@comity/log'
import {
  FOREIGN,
  HASH_ENVELOPE,
  type Receipt,
  type Statement,
  StatementError,
  decodeReceipt,
  decodeStatement,
  partyUrn,
  readPayload,
  readPayloadAs,
  verifyReceipt,
  verifySignature,
} from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { KnownKeys, type VerifyFileOptions } from './known-keys.ts'
import { decodeDisclosure, looksLikeDisclosure } from '../federation/inbox/disclosure/disclosure.ts'
import { verifyDisclosure } from '../federation/inbox/disclosure/verify-disclosure.ts'
import { type FileVerification, Verification } from './verification.ts'
import { verifyEquivocationFile } from './verify-equivocation.ts'
import { verifyNote, verifyProof } from './verify-note.ts'

const tlogProofHeader = 'c2sp.org/tlog-proof@'

/** CBOR tag 18, with which every COSE_Sign1 begins. */
const sign1Tag = 0xd2

/**
 * Recognises a statement, a statement with receipts, a receipt, a tlog-proof, a checkpoint or another signed note, a
 * sealed message that somebody discloses, or proof that a log contradicted itself, and verifies what can be verified with the keys at hand. Never throws for what is in the file; throws AuditError
 * `bad-option` for options that cannot be used.
 */
export function verifyFile(bytes: Uint8Array, options: VerifyFileOptions = {}): FileVerification {
  const keys = new KnownKeys(options)
  const verification = new Verification()
  if (bytes[0] === sign1Tag) return verifyCose(bytes, keys, options, verification)
  if (Buffer.from(bytes.subarray(0, tlogProofHeader.length)).toString('latin1') === tlogProofHeader) {
    return verifyProof(bytes, keys, options, verification)
  }
  if (isEquivocationProof(bytes)) return verifyEquivocationFile(bytes, keys, verification)
  if (looksLikeDisclosure(bytes)) return verifyDisclosed(bytes, keys, verification)
  try {
    parseNote(bytes)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    const says = `neither a statement nor a receipt (COSE_Sign1), nor a disclosure, nor a proof or checkpoint (signed note): ${error.message}`
    verification.wrong('recognised', says, error.code)
    return verification.result('unknown')
  }
  return verifyNote(bytes, keys, verification)
}

function verifyDisclosed(bytes: Uint8Array, keys: KnownKeys, verification: Verification): FileVerification {
  const disclosure = decodeDisclosure(bytes)
  if (disclosure === undefined) {
    verification.wrong('form', 'it calls itself a disclosure and has not the form of one', 'malformed-message')
    return verification.result('disclosure')
  }
  verifyDisclosure(disclosure, keys, verification, {
    signature: (statement) => checkSignature(statement, keys, verification),
    receipt: (receipt, leaf) => checkReceipt(receipt, leaf, keys, verification),
  })
  return verification.result('disclosure')
}

function verifyCose(
  bytes: Uint8Array,
  keys: KnownKeys,
  options: VerifyFileOptions,
  verification: Verification,
): FileVerification {
  const statement = attempt(() => decodeStatement(bytes, crypto))
  if (!(statement instanceof StatementError)) return verifyStatement(statement, keys, verification)
  const receipt = attempt(() => decodeReceipt(bytes))
  if (!(receipt instanceof StatementError)) {
    verifyLoneReceipt(bytes, receipt, keys, options, verification)
    return verification.result('receipt')
  }
  // What has its payload elsewhere can only be a receipt.
  const error = statement.code === 'payload-missing' ? receipt : statement
  verification.wrong('form', error.message, error.code)
  return verification.result(error === receipt ? 'receipt' : 'statement')
}

function verifyStatement(statement: Statement, keys: KnownKeys, verification: Verification): FileVerification {
  const { about } = verification
  about['kind'] = statement.kind || statement.contentType
  about['issuer'] = statement.iss
  about['subject'] = statement.sub
  about['id'] = statement.id
  about['key'] = statement.kidHex
  about['signed'] = isoTime(statement.iat)
  verification.right('form', `a COSE_Sign1 statement; its identifier is ${statement.id}`)
  checkPayload(statement, verification)
  checkFounding(statement, keys, verification)
  checkSignature(statement, keys, verification)
  for (const receipt of statement.receipts) checkReceipt(receipt, statement.leaf, keys, verification)
  const registered = statement.receipts.length > 0
  verification.beyond(
    'authority',
    `that the key could sign this kind for its party then, ${registered ? '' : 'that it was registered, '}and that nothing later replaced it: ask the log`,
  )
  return verification.result(registered ? 'transparent-statement' : 'statement')
}

function checkPayload(statement: Statement, verification: Verification): void {
  if (statement.kind === HASH_ENVELOPE || statement.kind === FOREIGN) {
    verification.beyond('payload', 'a foreign statement: its payload is not for Comity to read')
    return
  }
  const read = attempt(() => readPayload(statement))
  if (!(read instanceof StatementError)) verification.right('payload', `of kind ${statement.kind}, and fits its schema`)
  else if (read.code === 'unknown-kind') verification.unchecked('payload', read.message)
  else verification.wrong('payload', read.message, read.code)
}

/** The first statement of a party is its own birth certificate: the party is named by the hash of the payload. */
function checkFounding(statement: Statement, keys: KnownKeys, verification: Verification): void {
  if (statement.kind !== 'party' || partyUrn(statement.payload, crypto) !== statement.iss) return
  const brought = attempt(() => keys.bring(readPayloadAs(statement, 'party'), statement.iss))
  if (brought instanceof StatementError) verification.wrong('name', brought.message, brought.code)
  else
    verification.right('name', 'the party is named by the hash of this payload, so its first keys cannot be exchanged')
}

function checkSignature(statement: Statement, keys: KnownKeys, verification: Verification): void {
  const known = keys.find(statement.kidHex)
  if (known === undefined) {
    verification.unchecked(
      'signature',
      `key ${statement.kidHex} is not at hand: give the first party statement of ${statement.iss}`,
    )
    return
  }
  const result = attempt(() => verifySignature(statement, known.key, crypto))
  if (result instanceof StatementError) verification.wrong('signature', result.message, result.code)
  else if (known.owner !== statement.iss && known.owner.startsWith('urn:comity:party:')) {
    verification.wrong('signature', `the signature is that of ${known.owner}, not of the issuer`, 'wrong-party')
  } else {
    verification.right('signature', `signed with ${statement.alg} under a key of ${known.owner}`)
    verification.restsOn(`${known.owner}: that it is who you think, and kept its key to itself`)
  }
}

function checkReceipt(bytes: Uint8Array, leaf: Uint8Array, keys: KnownKeys, verification: Verification): void {
  const receipt = attempt(() => decodeReceipt(bytes))
  if (receipt instanceof StatementError) verification.wrong('receipt', receipt.message, receipt.code)
  else checkDecodedReceipt(bytes, receipt, leaf, keys, verification)
}

function checkDecodedReceipt(
  bytes: Uint8Array,
  receipt: Receipt,
  leaf: Uint8Array,
  keys: KnownKeys,
  verification: Verification,
): void {
  const log = receipt.origin ?? 'a log that it does not name'
  const known = keys.find(receipt.kidHex)
  if (known === undefined) {
    const whose = receipt.iss ?? 'the log’s keeper'
    verification.unchecked(
      'receipt',
      `of ${log}; key ${receipt.kidHex ?? 'without a name'} is not at hand: give the first party statement of ${whose}`,
    )
    return
  }
  const verified = attempt(() => verifyReceipt(bytes, leaf, known.key, crypto))
  if (verified instanceof StatementError) {
    verification.wrong('receipt', verified.message, verified.code)
    return
  }
  const when = receipt.iat === undefined ? '' : `, in the batch of ${isoTime(receipt.iat)}`
  verification.right('receipt', `entry ${verified.index} of ${log}${when}, signed under a key of ${known.owner}`)
  verification.restsOn(`${known.owner}, keeper of ${log}: for the time, and that it shows everybody one log`)
  verification.beyond(
    'one-log',
    `that ${log} still holds it and shows everybody the same: audit the log and give it this file`,
  )
}

function verifyLoneReceipt(
  bytes: Uint8Array,
  receipt: Receipt,
  keys: KnownKeys,
  options: VerifyFileOptions,
  verification: Verification,
): void {
  const { about } = verification
  const { proof } = receipt
  about['log'] = receipt.origin ?? ''
  about['keeper'] = receipt.iss ?? ''
  about['key'] = receipt.kidHex ?? ''
  if (receipt.iat !== undefined) about['batch'] = isoTime(receipt.iat)
  verification.right('form', `a receipt of ${proof.type}`)
  if (proof.type === 'consistency') {
    verification.unchecked(
      'receipt',
      `that the log of ${proof.from} entries is the beginning of that of ${proof.to}: their roots are not at hand`,
    )
    return
  }
  about['entry'] = `${proof.index} of ${proof.size}`
  if (options.subject === undefined) {
    verification.unchecked(
      'receipt',
      'the statement that it is about is not at hand: without it there is no root to compare',
    )
    return
  }
  const { subject } = options
  const statement = attempt(() => decodeStatement(subject, crypto))
  if (statement instanceof StatementError)
    verification.wrong('receipt', `what it is said to be about is no statement: ${statement.message}`, statement.code)
  else checkDecodedReceipt(bytes, receipt, statement.leaf, keys, verification)
}

/** What is wrong with a file is a result here, not an exception. */
function attempt<T>(read: () => T): T | StatementError {
  try {
    return read()
  } catch (error) {
    if (error instanceof StatementError) return error
    throw error
  }
}

/** Seconds since the epoch as an RFC 3339 date in UTC; the number itself where no date has it. */
export function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().replace('.000', '')
}
