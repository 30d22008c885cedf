/**
 * A party that moves here from another log. First come copies of its party statements, the last of which names this log
 * as its home; then its continuation, which shows that the log it left has that statement too. From there on its
 * statements take effect here, and only those that it signed after it moved: what it signed before belongs to the log
 * that it left, and whoever brings it here again would make an old word the latest.
 */
import { LogError, parseCheckpoint, parseNote, parseTlogProof, verifyInclusion } from '@comity/log'
import { type ContinuationPayload, type Statement, parseDigest } from '@comity/statement'
import { treeHasher } from '@comity/crypto'
import { NodeError } from '../node-error.ts'
import { type Entry, payloadOf } from '../register/entry.ts'
import type { Arrival } from '../register/party-book.ts'
import type { Register } from '../register/register.ts'

/** Throws `continuation-missing` or `signed-before-move` for a statement that comes before its party has arrived. */
export function requireArrived({ iss, kind, iat }: Statement, register: Register): void {
  const arrival = register.book.arrivalOf(iss)
  if (arrival === undefined || kind === 'approval' || kind === 'continuation') return
  if (arrival.continuation === undefined) {
    throw new NodeError(
      'continuation-missing',
      `${iss} moved here from ${arrival.from}: its first statement here is a continuation that shows its move there`,
    )
  }
  // A party statement names the one before it, and so comes once and in its place; a move names its case.
  if (kind !== 'party' && kind !== 'move' && iat < arrival.continuation.iat) {
    throw new NodeError(
      'signed-before-move',
      `${iss} signed this at ${iat} and continued here at ${arrival.continuation.iat}: it belongs to ${arrival.from}; sign it again`,
    )
  }
}

/**
 * Checks a party's own continuation as far as this log's prefix goes: the arithmetic of the proof. Whether the log that
 * the party left signed that root is for those to see who hold both logs.
 *
 * Throws `wrong-continuation`.
 */
export function judgeArrival(entry: Entry, arrival: Arrival, register: Register): void {
  const { statement } = entry
  const { predecessor, reason, proof } = payloadOf<ContinuationPayload>(entry)
  const wrong = (message: string): NodeError => new NodeError('wrong-continuation', message)
  if (statement.sub !== register.origin) throw wrong(`sub is ${statement.sub}; the party moved to ${register.origin}`)
  if (arrival.continuation !== undefined) {
    throw wrong(`${statement.iss} has arrived from ${arrival.from} already, with the continuation before this one`)
  }
  if (reason !== 'moved') throw wrong(`the reason is ${reason}; of a party that moves here it is moved`)
  if (predecessor.origin !== arrival.from) {
    throw wrong(`the predecessor is ${predecessor.origin}; the party was at home in ${arrival.from} before`)
  }
  if (proof === undefined) throw wrong(`proof is missing: show that ${arrival.from} has the statement of the move`)
  try {
    requireIncluded(proof, predecessor.root, arrival.leafHash)
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new NodeError('wrong-continuation', `the proof does not hold for the move: ${error.message}`, {
      cause: error,
    })
  }
}

function requireIncluded(text: string, rootText: string, leafHash: Uint8Array): void {
  // That the checkpoint is the predecessor's was checked with the payload.
  const { index, proof, checkpoint } = parseTlogProof(text)
  const { size } = parseCheckpoint(parseNote(checkpoint).text)
  verifyInclusion(treeHasher, { index, size, leafHash, root: Buffer.from(parseDigest(rootText) ?? '', 'hex'), proof })
}
