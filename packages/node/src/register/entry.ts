import type { Statement } from '@comity/statement'

/** A statement at its place in a log, decoded, its payload read against its kind's schema. */
export interface Entry {
  readonly position: number
  readonly statement: Statement
  readonly payload: unknown
  /** The time of the time leaf that closes its batch, in whole seconds. */
  readonly at: number
}

/** The payload as its kind has it: it was read against that kind's schema when the statement was decoded. */
export function payloadOf<T>(entry: Pick<Entry, 'payload'>): T {
  return entry.payload as T
}

/** A statement taking effect: at its own position, or where its last missing approval stands. */
export interface Effect extends Entry {
  readonly party: number
  readonly effective: number
}
