/**
 * Folding stored entries into the register: the one path by which a node catches up at its start, rebuilds its views,
 * and an auditor replays a log. A live batch ends in the same {@link Register.apply}.
 *
 * Entries wait until the time leaf that closes their batch, because they are judged at its time.
 */
import { type Statement, StatementError, decodeStatement, readPayload } from '@comity/statement'
import { type Bench, judge } from '../judge/judge.ts'
import { crypto } from '../crypto-port.ts'
import { NodeError } from '../node-error.ts'
import type { Entry } from './entry.ts'
import { indexOf } from './position.ts'
import type { Accepted, Register } from './register.ts'

/** A node closes a batch at 1,024 entries; what a crash left open before it may come on top. */
export const longestBatch = 4096

/** A decoded entry without its time yet. */
export interface Unclosed {
  readonly position: number
  readonly statement: Statement
  readonly payload: unknown
}

/** Decodes stored leaf bytes. Throws StatementError where they are no statement, which a log never holds. */
export function decodeEntry(position: number, leaf: Uint8Array): Unclosed {
  const statement = decodeStatement(leaf, crypto)
  return { position, statement, payload: decodePayload(statement) }
}

/** The payload of a statement of ours; undefined for a foreign hash envelope, which has no effect. */
export function decodePayload(statement: Statement): unknown {
  return statement.kind === 'hash-envelope' ? undefined : readPayload(statement)
}

/**
 * Judges and applies one batch whose last entry is its time leaf. `onVoid` hears of what the judge would refuse, and of
 * a statement that the log has already: a time leaf alone may say the same twice.
 */
export function foldBatch(
  batch: readonly Unclosed[],
  at: number,
  register: Register,
  bench: Bench,
  onVoid: (entry: Entry, reason: NodeError | StatementError) => void,
): void {
  for (const { position, statement, payload } of batch) {
    const entry: Entry = { position, statement, payload, at }
    let accepted: Accepted
    try {
      if (statement.kind !== 'time') requireNew(entry, register)
      accepted = judge(entry, register, bench)
    } catch (reason) {
      if (!(reason instanceof NodeError || reason instanceof StatementError)) throw reason
      onVoid(entry, reason)
      continue
    }
    register.apply(entry, accepted)
  }
}

/** Throws `duplicate-statement`. What is void does not stand in the register, and may come again. */
export function requireNew({ statement }: Entry, register: Register): void {
  const before = register.positionOf(statement.id)
  if (before === undefined) return
  throw new NodeError(
    'duplicate-statement',
    `the statement ${statement.id} stands in this log already, at ${indexOf(before)}`,
  )
}
