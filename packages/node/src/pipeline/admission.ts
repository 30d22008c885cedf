import {
  type PartyState,
  type PublicKey,
  type Statement,
  StatementError,
  decodeStatement,
  partyStatementKey,
  publicKeyFor,
  readPayloadAs,
  verifySignatureAsync,
} from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { NodeError } from '../node-error.ts'
import { decodePayload } from '../register/fold.ts'
import { type Register, documentsOf } from '../register/register.ts'
import type { Documents } from '../documents.ts'
import type { Admitted } from './sequencer.ts'

export interface AdmissionParts {
  readonly register: Register
  readonly documents: Documents
}

/** Whoever brings a statement: the node itself and who may file, or somebody who may bring copies and nothing else. */
export type Bringer = 'filer' | 'stranger'

/** An authentic statement that admission refuses: its author gets the reason under the keeper's signature. */
export class Inadmissible extends Error {
  override readonly name = 'Inadmissible'
  readonly statement: Statement
  readonly reason: NodeError | StatementError

  constructor(statement: Statement, reason: NodeError | StatementError) {
    super(reason.message, { cause: reason })
    this.statement = statement
    this.reason = reason
  }
}

/**
 * Everything about a statement that does not depend on its place in the order: form, signature, schema, documents.
 * Runs for many statements at once; signatures are verified off the main thread.
 *
 * Throws StatementError where the statement is malformed or not authentic, {@link Inadmissible} where it is authentic,
 * and NodeError `not-authorised` for what a stranger may not bring.
 */
export async function admit(
  bytes: Uint8Array,
  { register, documents }: AdmissionParts,
  by: Bringer = 'filer',
): Promise<Admitted> {
  if (by === 'stranger') requireCopy(bytes, register)
  const statement = decodeStatement(bytes, crypto)
  const state = register.book.stateOf(statement.iss)
  const publicKey = statement.kind === 'party' ? keyOfParty(statement, state) : keyOf(statement, state)
  await verifySignatureAsync(statement, publicKey, crypto)
  try {
    const payload = decodePayload(statement)
    // What a party statement cites is kept where the party is at home.
    for (const { digest, size } of isCopy(statement, register) ? [] : documentsOf(payload)) {
      const stored = documents.sizeOf(digest)
      if (stored === undefined) {
        throw new NodeError(
          'missing-document',
          `the document ${digest} is not here: PUT /documents/${digest} before the statement`,
        )
      }
      if (stored !== size) {
        throw new NodeError('digest-mismatch', `the document ${digest} has ${stored} bytes, the statement says ${size}`)
      }
    }
    return { statement, payload }
  } catch (reason) {
    if (reason instanceof NodeError || reason instanceof StatementError) throw new Inadmissible(statement, reason)
    throw reason
  }
}

/** A party statement of a party that is at home in another log, or an approval that one needs. */
function isCopy(statement: Statement, { book, origin }: Register): boolean {
  const state = book.stateOf(statement.iss)
  if (statement.kind === 'party') return (state ?? readPayloadAs(statement, 'party')).home !== origin
  return statement.kind === 'approval' && state !== undefined && state.home !== origin
}

/** Throws `not-authorised` for anything else, be it a statement or none. */
function requireCopy(bytes: Uint8Array, register: Register): void {
  try {
    if (isCopy(decodeStatement(bytes, crypto), register)) return
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
  }
  throw new NodeError(
    'not-authorised',
    'this takes a token; without one this log takes copies of party statements, of parties that are at home elsewhere',
  )
}

/** A party statement may bring the key that it is signed with. */
function keyOfParty(statement: Statement, state: PartyState | undefined): PublicKey {
  return partyStatementKey(state, readPayloadAs(statement, 'party'), statement.kidHex, crypto)
}

function keyOf(statement: Statement, state: PartyState | undefined): PublicKey {
  if (state === undefined) {
    throw new NodeError('unknown-party', `${statement.iss} has no party statement in this log: register that first`)
  }
  const key = publicKeyFor(state, statement.kidHex)
  if (key === undefined) {
    throw new StatementError('unknown-key', `${statement.iss} has no key with the thumbprint ${statement.kidHex}`)
  }
  return key
}
