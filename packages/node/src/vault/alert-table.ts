/**
 * Alerts in the order in which they arose, for whoever tells people of them. Each is one change of a match that concerns
 * its party and is news; the match itself says what it is about.
 */
import type { AlertReason } from '@comity/exposure'
import { NodeError } from '../node-error.ts'
import type { Database } from '../register/database.ts'
import type { MatchStanding } from './match.ts'
import type { Partition } from './partition.ts'

/** One alert. */
export interface Alert {
  /** When it arose, in the vault's own order; ascending, and the same after a rebuild. */
  readonly tick: number
  /** Identifier of the match, 32 hex digits. */
  readonly match: string
  /** Why it is news. */
  readonly reason: AlertReason
  /** What brought it. */
  readonly cause: MatchStanding['cause']
  /** By the clock of the log or of the inventory, in whole seconds. */
  readonly at: number
}

/** Alerts, oldest first. */
export interface AlertPage {
  readonly alerts: readonly Alert[]
  /** Where to go on: after the last of these, or where the query began when there are none. */
  readonly next: string
}

/** What is sealed of an alert. */
type AlertRecord = Pick<Alert, 'reason' | 'cause' | 'at'>

/** `tick-match`; the beginning is empty. */
const cursorPattern = /^(\d{1,15})-([0-9a-f]{32})$/

export class AlertTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  put(partition: Partition, place: { match: Uint8Array; inventory: number; tick: number }, record: AlertRecord): void {
    const { match, inventory, tick } = place
    const sealed = partition.seal(placeOfAlert(match, tick), record)
    this.#database
      .prepare('INSERT INTO alert (partition, tick, match, inventory, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(partition.number, tick, match, inventory, sealed)
  }

  /** At most `limit` alerts after a cursor, from the first on where it is empty. Errors: `bad-cursor`. */
  after(partition: Partition, cursor: string, limit: number): AlertPage {
    const [, tick = '-1', match = ''] = cursor === '' ? [] : (cursorPattern.exec(cursor) ?? badCursor())
    const alerts = this.#database
      .prepare(
        // A large inventory is written over several transactions: who went past a tick half written would miss the rest.
        `SELECT tick, match, sealed FROM alert WHERE partition = ? AND (tick, match) > (?, ?)
           AND tick <= (SELECT tick FROM progress)
         ORDER BY tick, match LIMIT ?`,
      )
      .all(partition.number, Number(tick), Buffer.from(match, 'hex'), limit)
      .map((row) => alertOf(partition, row))
    const last = alerts.at(-1)
    return { alerts, next: last === undefined ? cursor : `${last.tick}-${last.match}` }
  }

  /** Gives the alerts of a match to another, beside its own. */
  inherit(partition: Partition, from: Uint8Array, to: Uint8Array): void {
    const rows = this.#database.prepare('SELECT tick, inventory, sealed FROM alert WHERE match = ?').all(from)
    for (const row of rows) {
      const tick = Number(row['tick'])
      const record = partition.open<AlertRecord>(placeOfAlert(from, tick), row['sealed'])
      this.#database
        .prepare(
          'INSERT INTO alert (partition, tick, match, inventory, sealed) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        )
        .run(partition.number, tick, to, Number(row['inventory']), partition.seal(placeOfAlert(to, tick), record))
    }
  }

  remove(match: Uint8Array): void {
    this.#database.prepare('DELETE FROM alert WHERE match = ?').run(match)
  }

  /** Removes some alerts of an inventory; returns how many. */
  removeSome(inventory: number, limit: number): number {
    const { changes } = this.#database
      .prepare(
        `DELETE FROM alert WHERE (partition, tick, match) IN
         (SELECT partition, tick, match FROM alert WHERE inventory = ? LIMIT ?)`,
      )
      .run(inventory, limit)
    return Number(changes)
  }
}

function alertOf(partition: Partition, row: Readonly<Record<string, unknown>>): Alert {
  // Safe: the column is a BLOB of 16 bytes.
  const match = row['match'] as Uint8Array
  const tick = Number(row['tick'])
  return {
    tick,
    match: Buffer.from(match).toString('hex'),
    ...partition.open<AlertRecord>(placeOfAlert(match, tick), row['sealed']),
  }
}

function badCursor(): never {
  throw new NodeError('bad-cursor', 'the cursor is none that this node gave: start without one')
}

/** What the sealed column of an alert is bound to. */
export function placeOfAlert(match: Uint8Array, tick: number): string {
  return `alert ${Buffer.from(match).toString('hex')} ${tick}`
}
