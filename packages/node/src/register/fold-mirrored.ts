/**
 * Folding a log that somebody else wrote. Reducers are total: an entry that the log's own judge refuses, whose signature
 * is wrong, or that is no statement is *void*. It has no effect and is shown as such, and the fold goes on.
 *
 * What comes out depends on the entries alone, not on how many were looked at together or how far ahead signatures were
 * checked: the judge speaks first, for a key that it accepts is always known to the check of signatures too.
 */
import { StatementError } from '@comity/statement'
import { judge } from '../judge/judge.ts'
import { NodeError } from '../node-error.ts'
import type { ClosedBatch } from '../reading/batches.ts'
import type { CheckedEntry } from '../reading/check-entries.ts'
import type { Entry } from './entry.ts'
import { requireNew } from './fold.ts'
import { indexOf } from './position.ts'
import type { Accepted, Register } from './register.ts'

/**
 * Folds one batch of a mirrored log: entries by their positions, whole and in order. To be called between the register's
 * begin and commit. `root` is that of the first so many entries of the mirrored log.
 */
export function foldMirrored(
  { start, entries, leaf }: ClosedBatch,
  register: Register,
  root: (size: number) => Uint8Array,
): void {
  const bench = { origin: register.origin, size: indexOf(start), root }
  const { iat: at } = leaf.entry.statement
  for (const each of entries) {
    const accepted = decide(each, at, register, (entry) => judge(entry, register, bench))
    if ('code' in accepted) register.void(each.position, accepted.code, accepted.message)
    else register.apply(accepted.entry, accepted.accepted)
  }
}

interface Void {
  readonly code: string
  readonly message: string
}

function decide(
  each: CheckedEntry,
  at: number,
  register: Register,
  judged: (entry: Entry) => Accepted,
): Void | { readonly entry: Entry; readonly accepted: Accepted } {
  if ('malformed' in each) return each.reason
  const entry: Entry = { ...each.entry, at }
  try {
    if (entry.statement.kind !== 'time') requireNew(entry, register)
    const accepted = judged(entry)
    if (each.signature === 'right') return { entry, accepted }
    return each.reason ?? new StatementError('unknown-key', `no key ${entry.statement.kidHex} is known in this log`)
  } catch (reason) {
    if (reason instanceof NodeError || reason instanceof StatementError) return reason
    throw reason
  }
}

/** Whether a log begins as it has to, so that what follows can be judged: asked after its first batch. */
export function hasBeginning(register: Register): boolean {
  return register.keeper !== undefined && register.policy !== undefined
}
