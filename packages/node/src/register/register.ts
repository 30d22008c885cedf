import { partiesOf } from '@comity/procedures'
import {
  type PartyState,
  type PolicyPayload,
  type Statement,
  StatementError,
  type TimePayload,
  countSigners,
  decodeStatement,
  fields,
  parseAdvisoryUrn,
  parseStatementUrn,
} from '@comity/statement'
import { treeHasher } from '@comity/crypto'
import { Check } from 'typebox/value'
import { crypto } from '../crypto-port.ts'
import { changeByDeclaration, isAtItsSeat, judgeMove } from '../judge/move-rules.ts'
import { NodeError } from '../node-error.ts'
import { idColumn, positionById } from './by-id.ts'
import {
  type CaseChange,
  partiesBeside,
  partiesDue,
  partiesOfCases,
  writeChange,
  writeFiling,
  writeIdle,
} from './case-rows.ts'
import type { Database } from './database.ts'
import { type Effect, type Entry, payloadOf } from './entry.ts'
import { decodePayload } from './fold.ts'
import { PartyBook } from './party-book.ts'
import { type PositionRange, rangeOf } from './position.ts'
import { reducers } from './reducers.ts'
import { Stale, type StaleParties } from './stale.ts'

/** What the judge found about an entry that it accepts; the reducer needs nothing else. */
export interface Accepted {
  /** How many distinct keys of the party must have signed before it takes effect. */
  readonly threshold: number
  /** The party as this `party` statement leaves it. */
  readonly partyState?: PartyState
  /** What this move does to its case, if it takes effect at once. */
  readonly change?: CaseChange
}

/**
 * The register of one log as it is written: one fold over its entries, in order. It reads and writes no rows of another
 * log, but for who was told of what and whose findings may have changed.
 *
 * Owned by the sequencer (or by a mirror, an audit, a rebuild). Everything between {@link begin} and {@link commit} is
 * visible to the writing connection alone; {@link rollback} takes it back, memory included. The registers of several
 * logs may share one connection: one at a time is between begin and commit.
 */
export class Register {
  readonly database: Database
  readonly log: number
  readonly origin: string
  /** Positions of this log's entries. */
  readonly range: PositionRange
  readonly book: PartyBook
  readonly #stale: StaleParties
  #policy: PolicyPayload | undefined
  #lastAt: number
  #keeper: string | undefined

  /** `log` is 0 for a node's own log, and 1 and more for those that it mirrors. Its row is there: see `addLog`. */
  constructor(database: Database, log: number, origin: string, stale: StaleParties = new Stale(database)) {
    this.database = database
    this.log = log
    this.origin = origin
    this.range = rangeOf(log)
    this.book = new PartyBook(database, log, origin)
    this.#stale = stale
    this.#lastAt = this.#readLastAt()
  }

  /** The party that keeps the log: whoever signed its entry 0. */
  get keeper(): string | undefined {
    if (this.#keeper !== undefined) return this.#keeper
    const row = this.database
      .prepare('SELECT urn FROM entry JOIN party USING (party) WHERE entry.position = ?')
      .get(this.range.from)
    this.#keeper = row === undefined ? undefined : String(row['urn'])
    return this.#keeper
  }

  /** The filing policy in force for the next entry. */
  get policy(): PolicyPayload | undefined {
    if (this.#policy !== undefined) return this.#policy
    const row = this.database
      .prepare('SELECT payload FROM policy WHERE effective >= ? AND effective < ? ORDER BY effective DESC LIMIT 1')
      .get(this.range.from, this.range.to)
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
    const { size, root } = progress
    this.database.prepare('UPDATE log SET size = ?, root = ? WHERE log = ?').run(size, root, this.log)
    this.database.prepare('COMMIT').run()
  }

  /** Entries of the log that are in, void ones too. */
  get size(): number {
    return Number(this.database.prepare('SELECT size FROM log WHERE log = ?').get(this.log)?.['size'] ?? 0)
  }

  rollback(): void {
    this.database.prepare('ROLLBACK').run()
    this.book.forget()
    this.#policy = undefined
    this.#keeper = undefined
    this.#lastAt = this.#readLastAt()
    this.#stale.reread()
  }

  /** Whether the log counts in the cuts of this node: not while it is quarantined, or when nobody follows it any more. */
  setFollowed(isFollowed: boolean): void {
    this.database.prepare('UPDATE log SET followed = ? WHERE log = ?').run(isFollowed ? 1 : 0, this.log)
    this.#stale.markAll()
  }

  /** The position of a statement in this log. */
  positionOf(id: string): number | undefined {
    return positionById(this.database, id, this.range)
  }

  /** Thumbprints of the keys with which a party has approved a statement. */
  approvals(target: string, party: string): readonly string[] {
    const rows = this.database
      .prepare('SELECT kid FROM approval JOIN signing_key USING (signing_key) WHERE target = ? AND party = ?')
      .all(target, this.book.numberOf(party) ?? -1)
    return rows.map((row) => String(row['kid']))
  }

  /** Notes that an entry of a mirrored log has no effect, and why. */
  void(position: number, code: string, detail: string): void {
    this.database.prepare('INSERT INTO void (position, code, detail) VALUES (?, ?, ?)').run(position, code, detail)
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
        idColumn(statement.id),
        statement.kind,
        party,
        statement.iat,
        entry.at,
        this.book.signingKey(statement.kidHex, position),
        missing ? null : position,
      )
    this.#noteDocuments(entry)
    if (missing) this.#postpone(entry, accepted.threshold)
    else this.#takeEffect({ ...entry, party, effective: position }, accepted.change)
  }

  #applyParty({ statement, position }: Entry, state: PartyState): void {
    const { iss } = statement
    const before = this.book.stateOf(iss)
    const party = this.book.put(iss, state, position)
    const known = new Set((before?.compromised ?? []).map((mark) => `${mark.kid} ${mark.since}`))
    const added = state.compromised.filter((mark) => !known.has(`${mark.kid} ${mark.since}`))
    for (const mark of added) {
      this.database
        .prepare('INSERT INTO compromise (party, kid, since, position) VALUES (?, ?, ?, ?)')
        .run(party, mark.kid, mark.since, position)
    }
    const hasMoved = before?.home !== state.home
    if (hasMoved) this.book.putHome(party, position, state, treeHasher.leaf(statement.leaf))
    // What a compromised key acknowledged is contested; where a party is at home decides whether its words count.
    if (added.length > 0 || (hasMoved && this.#isKnownElsewhere(iss))) this.#markThoseTold(iss)
  }

  #takeEffect(effect: Effect, change?: CaseChange): void {
    const { kind, iss, sub } = effect.statement
    if (kind === 'time') {
      this.#applyTime(effect)
      return
    }
    this.#stale.mark(iss)
    if (kind === 'approval') this.#applyApproval(effect)
    else if (kind === 'move') this.#applyMove(effect, change)
    else {
      reducers[kind]?.(this.database, effect)
      if (kind === 'policy') this.#policy = undefined
      if (kind === 'continuation') this.book.continued(effect.party)
      if (kind === 'acknowledgement') this.#markPublisher(sub)
      if (kind === 'adherence' || kind === 'support') this.#applyChange(effect, () => changeByDeclaration(effect, this))
      if (kind === 'withholding') this.#markUsersOf(sub)
    }
  }

  #applyTime(effect: Effect): void {
    const { at, cosigned } = payloadOf<TimePayload>(effect)
    this.database
      .prepare('INSERT INTO batch (position, log, at, cosigned) VALUES (?, ?, ?, ?)')
      .run(effect.position, this.log, at, cosigned.length === 0 ? null : JSON.stringify(cosigned))
    // Findings are computed at the time of the own log, whichever log is the seat of a case.
    if (this.log === 0 && at > this.#lastAt) this.#markAll(partiesDue(this.database, this.#lastAt, at))
    this.#lastAt = at
  }

  /** `change` as the judge has just found it; a move that waited is held against the case as it is by now. */
  #applyMove(effect: Effect, change: CaseChange | undefined): void {
    if (!isAtItsSeat(effect, this.origin)) {
      writeFiling(this.database, effect)
      this.#markAll(partiesOfCases(this.database, effect.statement.sub))
      return
    }
    this.#applyChange(effect, () => change ?? judgeMove(effect, this))
  }

  #applyChange(effect: Effect, changeOf: () => CaseChange | undefined): void {
    try {
      const change = changeOf()
      if (change === undefined) return
      writeChange(this.database, effect, change)
      const { before, after } = change
      this.#markAll([...(before === undefined ? [] : partiesOf(before.case)), ...partiesOf(after)])
    } catch (reason) {
      if (!(reason instanceof NodeError || reason instanceof StatementError)) throw reason
      writeIdle(this.database, effect, reason)
    }
  }

  #markAll(parties: readonly string[]): void {
    for (const party of parties) this.#stale.mark(party)
  }

  #applyApproval(effect: Effect): void {
    const target = parseStatementUrn(effect.statement.sub) ?? ''
    const key = this.book.signingKey(effect.statement.kidHex, effect.position)
    this.database
      .prepare('INSERT INTO approval (target, party, signing_key, position) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(target, effect.party, key, effect.position)
    const row = this.database
      .prepare('SELECT position, threshold, leaf FROM pending WHERE id = ? AND position >= ? AND position < ?')
      .get(target, this.range.from, this.range.to)
    if (row === undefined) return
    // Safe: the column is a BLOB NOT NULL that #postpone wrote.
    const statement = decodeStatement(row['leaf'] as Uint8Array, crypto)
    if (statement.iss !== effect.statement.iss) return
    const pending = { position: Number(row['position']), statement, payload: decodePayload(statement), at: effect.at }
    // Of a party that is not at home here this is a copy, for a copy of its party statement: but for a move whose seat
    // this is, nothing that waits takes effect.
    const isAtHome = this.book.stateOf(statement.iss)?.home === this.origin
    if (!isAtHome && !isAtItsSeat(pending, this.origin)) return
    if (this.#signers(statement) < Number(row['threshold'])) return
    this.database.prepare('DELETE FROM pending WHERE position = ?').run(pending.position)
    this.database.prepare('UPDATE entry SET effective = ? WHERE position = ?').run(effect.position, pending.position)
    this.#takeEffect({ ...pending, party: effect.party, effective: effect.position })
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

  #markPublisher(advisory: string): void {
    const publisher = parseAdvisoryUrn(advisory)?.party
    if (publisher !== undefined) this.#stale.mark(publisher)
  }

  /** The publishers whose advisories a party has acknowledged, and who has a case with it, in whichever log. */
  #markThoseTold(urn: string): void {
    const rows = this.database
      .prepare(
        'SELECT DISTINCT sub FROM party CROSS JOIN acknowledgement ON acknowledgement.party = party.party WHERE urn = ?',
      )
      .all(urn)
    for (const row of rows) this.#markPublisher(String(row['sub']))
    this.#markAll(partiesBeside(this.database, urn))
  }

  #isKnownElsewhere(urn: string): boolean {
    return this.database.prepare('SELECT count(*) AS n FROM party WHERE urn = ?').get(urn)?.['n'] !== 1
  }

  #markUsersOf(document: string): void {
    const rows = this.database
      .prepare(
        'SELECT DISTINCT urn FROM document JOIN entry USING (position) JOIN party USING (party) WHERE digest = ?',
      )
      .all(document.slice('urn:comity:document:'.length))
    for (const row of rows) this.#stale.mark(String(row['urn']))
  }

  #readLastAt(): number {
    const { from, to } = this.range
    const row = this.database
      .prepare('SELECT at FROM batch WHERE position >= ? AND position < ? ORDER BY position DESC LIMIT 1')
      .get(from, to)
    return Number(row?.['at'] ?? 0)
  }
}

/** A document that a payload refers to. */
export interface DocumentReference {
  readonly digest: string
  readonly size: number
  readonly type: string
}

/** The documents a payload names, whatever its kind; a move also names some in its body. */
export function documentsOf(payload: unknown): readonly DocumentReference[] {
  if (typeof payload !== 'object' || payload === null) return []
  // Safe: every kind's schema gives `documents` this one shape.
  const own = 'documents' in payload ? (payload.documents as readonly DocumentReference[]) : []
  if (!('body' in payload)) return own
  // A body is read against the schema of its move by the judge, and until then may be anything.
  const { documents } = payload.body as { readonly documents?: unknown }
  return Check(fields.documents, documents) ? [...own, ...documents] : own
}
