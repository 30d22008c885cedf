import {
  type PartyState,
  type PolicyPayload,
  type Statement,
  type TimePayload,
  countSigners,
  decodeStatement,
  parseStatementUrn,
} from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import type { WritableDatabase } from './database.ts'
import type { Effect, Entry } from './entry.ts'
import { payloadOf } from './fold.ts'
import { PartyBook } from './party-book.ts'
import { reducers } from './reducers.ts'
import { positionsPerLog } from './schema.ts'

/** What the judge found about an entry that it accepts; the reducer needs nothing else. */
export interface Accepted {
  /** How many distinct keys of the party must have signed before it takes effect. */
  readonly threshold: number
  /** The party as this `party` statement leaves it. */
  readonly partyState?: PartyState
}

/**
 * The register as it is written: one fold over a log's entries, in order.
 *
 * Owned by the sequencer (or by an audit, or a rebuild). Everything between {@link begin} and {@link commit} is visible
 * to this object alone; {@link rollback} takes it back, memory included.
 */
export class Register {
  readonly database: WritableDatabase
  readonly book: PartyBook
  /** Parties whose findings may have changed since they were last renewed; the table `stale`, in memory. */
  readonly dirty = new Set<number>()
  #policy: PolicyPayload | undefined
  #lastAt: number
  #keeper: string | undefined

  constructor(database: WritableDatabase) {
    this.database = database
    this.book = new PartyBook(database)
    this.#lastAt = this.#readLastAt()
    this.#readDirty()
  }

  /** The party that keeps the log: whoever signed its entry 0. */
  get keeper(): string | undefined {
    if (this.#keeper !== undefined) return this.#keeper
    const row = this.database.prepare('SELECT urn FROM entry JOIN party USING (party) WHERE entry.position = 0').get()
    this.#keeper = row === undefined ? undefined : String(row['urn'])
    return this.#keeper
  }

  /** The filing policy in force for the next entry. */
  get policy(): PolicyPayload | undefined {
    if (this.#policy !== undefined) return this.#policy
    const row = this.database.prepare('SELECT payload FROM policy ORDER BY effective DESC LIMIT 1').get()
    if (row !== undefined) this.#policy = JSON.parse(String(row['payload']))
    return this.#policy
  }

  /** The time of the newest time leaf; 0 in an empty log. */
  get lastAt(): number {
    return this.#lastAt
  }

  begin(): void {
    this.database.prepare('BEGIN').run()
  }

  /** `progress`: how many entries of the log are in, and the root over them in hex. */
  commit(progress: { readonly size: number; readonly root: string }): void {
    this.database.setProgress(progress.size, progress.root)
    this.database.prepare('COMMIT').run()
  }

  /** Entries of the own log that are in. */
  get size(): number {
    const row = this.database.prepare('SELECT max(position) AS last FROM entry WHERE position < ?').get(positionsPerLog)
    return Number(row?.['last'] ?? -1) + 1
  }

  rollback(): void {
    this.database.prepare('ROLLBACK').run()
    this.book.forget()
    this.#policy = undefined
    this.#keeper = undefined
    this.#lastAt = this.#readLastAt()
    this.#readDirty()
  }

  /** The position of a statement in the log whose positions lie in `[from, to)`. */
  positionOf(id: string, from: number, to: number): number | undefined {
    const row = this.database
      .prepare('SELECT position FROM entry WHERE id = ? AND position >= ? AND position < ?')
      .get(Buffer.from(id, 'hex'), from, to)
    return row === undefined ? undefined : Number(row['position'])
  }

  /** Thumbprints of the keys with which a party has approved a statement. */
  approvals(target: string, party: string): readonly string[] {
    const rows = this.database
      .prepare('SELECT kid FROM approval JOIN signing_key USING (signing_key) WHERE target = ? AND party = ?')
      .all(target, this.book.numberOf(party) ?? -1)
    return rows.map((row) => String(row['kid']))
  }

  /** Adds one accepted entry. */
  apply(entry: Entry, accepted: Accepted): void {
    const { statement, position } = entry
    if (accepted.partyState !== undefined) this.#applyParty(entry, accepted.partyState)
    const party = this.book.numberOf(statement.iss)
    if (party === undefined) throw new Error(`an accepted statement of the unknown party ${statement.iss}`)
    const missing = accepted.threshold > 1 && this.#signers(statement) < accepted.threshold
    this.database
      .prepare(
        'INSERT INTO entry (position, id, kind, party, iat, at, signing_key, effective) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        position,
        Buffer.from(statement.id, 'hex'),
        statement.kind,
        party,
        statement.iat,
        entry.at,
        this.book.signingKey(statement.kidHex),
        missing ? null : position,
      )
    this.#noteDocuments(entry)
    if (missing) this.#postpone(entry, accepted.threshold)
    else this.#takeEffect({ ...entry, party, effective: position })
  }

  #applyParty(entry: Entry, state: PartyState): void {
    const { iss } = entry.statement
    const before = this.book.stateOf(iss)
    this.book.put(iss, state, entry.position)
    const party = this.book.numberOf(iss) ?? 0
    const known = new Set((before?.compromised ?? []).map((mark) => `${mark.kid} ${mark.since}`))
    const added = state.compromised.filter((mark) => !known.has(`${mark.kid} ${mark.since}`))
    for (const mark of added) {
      this.database
        .prepare('INSERT INTO compromise (party, kid, since, position) VALUES (?, ?, ?, ?)')
        .run(party, mark.kid, mark.since, entry.position)
    }
    if (added.length > 0) this.#markPublishersKnownTo(party)
  }

  #takeEffect(effect: Effect): void {
    const { kind } = effect.statement
    this.#mark(effect.party)
    if (kind === 'time') this.#applyTime(effect)
    else if (kind === 'approval') this.#applyApproval(effect)
    else {
      reducers[kind]?.(this.database, effect)
      if (kind === 'policy') this.#policy = undefined
      if (kind === 'acknowledgement') this.#markAdvisoryParty(effect.statement)
      if (kind === 'withholding') this.#markUsersOf(effect.statement)
    }
  }

  #applyTime(effect: Effect): void {
    // Safe: the statement's kind is `time`, and its payload was read against that schema.
    const { at, cosigned } = effect.payload as TimePayload
    this.database
      .prepare('INSERT INTO batch (position, at, cosigned) VALUES (?, ?, ?)')
      .run(effect.position, at, cosigned.length === 0 ? null : JSON.stringify(cosigned))
    this.#lastAt = at
  }

  #applyApproval(effect: Effect): void {
    const target = parseStatementUrn(effect.statement.sub) ?? ''
    const key = this.book.signingKey(effect.statement.kidHex)
    this.database
      .prepare('INSERT INTO approval (target, party, signing_key, position) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(target, effect.party, key, effect.position)
    const row = this.database.prepare('SELECT position, threshold, leaf FROM pending WHERE id = ?').get(target)
    if (row === undefined) return
    // Safe: the column is a BLOB NOT NULL that #postpone wrote.
    const statement = decodeStatement(row['leaf'] as Uint8Array, crypto)
    if (statement.iss !== effect.statement.iss) return
    if (this.#signers(statement) < Number(row['threshold'])) return
    const position = Number(row['position'])
    this.database.prepare('DELETE FROM pending WHERE position = ?').run(position)
    this.database.prepare('UPDATE entry SET effective = ? WHERE position = ?').run(effect.position, position)
    this.#takeEffect({
      position,
      statement,
      payload: payloadOf(statement),
      at: effect.at,
      party: effect.party,
      effective: effect.position,
    })
  }

  /** How many distinct keys stand behind a statement so far, its own among them. */
  #signers(statement: Statement): number {
    const state = this.book.stateOf(statement.iss)
    return state === undefined ? 0 : countSigners(state, statement.kidHex, this.approvals(statement.id, statement.iss))
  }

  #postpone(entry: Entry, threshold: number): void {
    this.database
      .prepare('INSERT INTO pending (position, id, threshold, leaf) VALUES (?, ?, ?, ?)')
      .run(entry.position, entry.statement.id, threshold, entry.statement.leaf)
  }

  #noteDocuments(entry: Entry): void {
    for (const document of documentsOf(entry.payload)) {
      this.database
        .prepare('INSERT INTO document (digest, position, size, type) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(document.digest, entry.position, document.size, document.type)
    }
  }

  #markAdvisoryParty(acknowledgement: Statement): void {
    const row = this.database
      .prepare('SELECT party FROM advisory WHERE sub = ? ORDER BY effective DESC LIMIT 1')
      .get(acknowledgement.sub)
    if (row !== undefined) this.#mark(Number(row['party']))
  }

  /** What a party acknowledged with a compromised key is contested, and so is what its publisher's findings rest on. */
  #markPublishersKnownTo(party: number): void {
    const rows = this.database
      .prepare(
        'SELECT DISTINCT party FROM advisory WHERE sub IN (SELECT sub FROM acknowledgement WHERE acknowledgement.party = ?)',
      )
      .all(party)
    for (const row of rows) this.#mark(Number(row['party']))
  }

  #markUsersOf(withholding: Statement): void {
    const digest = withholding.sub.slice('urn:comity:document:'.length)
    const rows = this.database
      .prepare('SELECT DISTINCT entry.party AS party FROM document JOIN entry USING (position) WHERE digest = ?')
      .all(digest)
    for (const row of rows) this.#mark(Number(row['party']))
  }

  #mark(party: number): void {
    if (this.dirty.has(party)) return
    this.dirty.add(party)
    this.database.prepare('INSERT INTO stale (party) VALUES (?) ON CONFLICT DO NOTHING').run(party)
  }

  #readDirty(): void {
    this.dirty.clear()
    for (const row of this.database.prepare('SELECT party FROM stale').all()) this.dirty.add(Number(row['party']))
  }

  #readLastAt(): number {
    return Number(this.database.prepare('SELECT at FROM batch ORDER BY position DESC LIMIT 1').get()?.['at'] ?? 0)
  }
}

/** A document that a payload refers to. */
export interface DocumentReference {
  readonly digest: string
  readonly size: number
  readonly type: string
}

/** The documents a payload names, whatever its kind. */
export function documentsOf(payload: unknown): readonly DocumentReference[] {
  if (typeof payload !== 'object' || payload === null || !('documents' in payload)) return []
  // Safe: every kind's schema gives `documents` this one shape.
  return payload.documents as readonly DocumentReference[]
}
