import { procedureOf } from '@comity/procedures'
import { decodeStatement, readPayloadAs } from '@comity/statement'
import type { Truth } from '@comity/store'
import { crypto } from '../../../crypto-port.ts'
import type { Database } from '../../../register/database.ts'
import { type Partition, type PartitionBook, Sealer, partitionIdOf } from '../../../vault/partition.ts'
import { type OpenedMove, openMove } from '../chain/opened-move.ts'
import { commonChain, rowAfter } from '../chain/place.ts'
import { seatPartyOf } from '../chain/private-move.ts'
import { CaseErasure } from './case-erasure.ts'
import type {
  CaseEvent,
  CaseForkSeen,
  CaseMailNoted,
  CaseMailed,
  CaseMoveFiled,
  CaseMoveOrdered,
  CaseMoveRefused,
  PrivateCaseOpened,
} from './case-event.ts'
import { type CaseRow, type MailRow, type MoveRow, type OrderRow, caseRowPlace } from './case-rows.ts'
import { SubmissionFold } from './submission-fold.ts'

export interface CaseFoldParts {
  readonly database: Database
  readonly truth: Pick<Truth, 'blobs' | 'keyring'>
  readonly partitions: PartitionBook
}

/** An event at its place in the journal. */
export interface CasePlace {
  readonly seq: number
  readonly keyId: string
}

/** The case under whose key an event stands. */
interface KeyedCase {
  readonly number: number
  readonly partition: Partition
  readonly sealer: Sealer
}

/** The part of the vault's fold that is about private cases: the same rows live and on every rebuild. */
export class CaseFold {
  readonly erasure: CaseErasure
  readonly #database: Database
  readonly #keyring: Truth['keyring']
  readonly #partitions: PartitionBook
  readonly #submissions: SubmissionFold

  constructor(parts: CaseFoldParts) {
    this.erasure = new CaseErasure(parts)
    this.#database = parts.database
    this.#keyring = parts.truth.keyring
    this.#partitions = parts.partitions
    this.#submissions = new SubmissionFold(parts)
  }

  async apply(event: CaseEvent, place: CasePlace): Promise<void> {
    switch (event.type) {
      case 'private-case':
        return this.#open(event, place)
      case 'case-move':
        return this.#file(event, place)
      case 'case-order':
        return this.#order(event, place)
      case 'case-refusal':
        return this.#refuse(event, place)
      case 'case-mail':
        return this.#mail(event, place)
      case 'case-mail-noted':
        return this.#noteMail(event, place)
      case 'case-fork':
        return this.#fork(event, place)
      case 'private-case-erased':
        return this.erasure.case(event, this.#partitionOf(place.keyId))
      case 'submission':
        return this.#submissions.prepare(event, this.#partitionOf(place.keyId), place.seq)
      case 'submission-ended':
        return this.#submissions.end(event, this.#partitionOf(place.keyId))
    }
  }

  #open({ case: urn, key }: PrivateCaseOpened, { seq, keyId }: CasePlace): void {
    const partition = this.#partitionOf(keyId)
    // Of a case that was erased since, nothing is written again.
    if (partition === undefined || !this.#keyring.has(key)) return
    const row: CaseRow = { urn, procedure: '', seat: '', seatParty: '', states: [], ended: 0, heads: {} }
    this.#database
      .prepare('INSERT INTO private_case (private_case, partition, tag, key, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(
        seq,
        partition.number,
        partition.tag('case', urn),
        key,
        new Sealer(this.#keyring, key).seal(caseRowPlace.case(seq), row),
      )
  }

  #file({ move, fields, direction, to, at, receipt }: CaseMoveFiled, { seq, keyId }: CasePlace): void {
    const found = this.#caseOf(keyId)
    if (found === undefined) return
    const { statement, payload } = openMove(Buffer.from(move, 'base64url'), fields)
    const row: MoveRow = {
      id: statement.id,
      name: payload.move,
      by: statement.iss,
      direction,
      state: 'waiting',
      at,
      ...(receipt === undefined ? {} : { receipt }),
    }
    const { partition } = found
    this.#database
      .prepare(
        'INSERT INTO case_move (case_move, partition, private_case, tag, waiting, sealed) VALUES (?, ?, ?, ?, 1, ?)',
      )
      .run(
        seq,
        partition.number,
        found.number,
        partition.tag('case-move', statement.id),
        found.sealer.seal(caseRowPlace.move(seq), row),
      )
    const known = this.#caseRow(found)
    if (known.seatParty !== '') return
    this.#setCase(found, { ...known, procedure: payload.procedure, seat: payload.seat, seatParty: to })
  }

  #order(event: CaseMoveOrdered, { seq, keyId }: CasePlace): void {
    const found = this.#caseOf(keyId)
    if (found === undefined) return
    const opened = openMove(Buffer.from(event.move, 'base64url'), event.fields)
    const order = decodeStatement(Buffer.from(event.order, 'base64url'), crypto)
    const payload = readPayloadAs(order, 'order')
    const before = this.#caseRow(found)
    this.#setCase(found, rowAfter(seated(before, opened), opened, { id: order.id, payload }))
    const { statement } = opened
    const row: OrderRow = {
      id: order.id,
      thread: payload.thread ?? commonChain,
      n: payload.n,
      move: statement.id,
      name: opened.payload.move,
      by: statement.iss,
      iat: statement.iat,
      at: payload.at,
      verified: event.verified,
      body: opened.body,
      hidden: opened.hidden,
      ...(event.receipt === undefined ? {} : { receipt: event.receipt }),
    }
    const { partition, sealer } = found
    this.#database
      .prepare('INSERT INTO case_order (case_order, partition, private_case, tag, sealed) VALUES (?, ?, ?, ?, ?)')
      .run(
        seq,
        partition.number,
        found.number,
        partition.tag('case-order', order.id),
        sealer.seal(caseRowPlace.order(seq), row),
      )
    this.#answerMove(found, statement.id, (move) => ({ ...move, state: 'taken' }))
  }

  #refuse({ move, refusal, at }: CaseMoveRefused, { keyId }: CasePlace): void {
    const found = this.#caseOf(keyId)
    if (found === undefined) return
    const { code, detail } = readPayloadAs(decodeStatement(Buffer.from(refusal, 'base64url'), crypto), 'refusal')
    this.#answerMove(found, move, (row) => ({ ...row, state: 'refused', code, detail, refusedAt: at, refusal }))
  }

  #mail(event: CaseMailed, { seq, keyId }: CasePlace): void {
    const { type: _, ...mail } = event
    const found = this.#caseOf(keyId)
    if (found === undefined) return
    const row: MailRow = { ...mail, state: 'waiting' }
    this.#database
      .prepare('INSERT INTO case_mail (case_mail, partition, private_case, waiting, sealed) VALUES (?, ?, ?, 1, ?)')
      .run(seq, found.partition.number, found.number, found.sealer.seal(caseRowPlace.mail(seq), row))
  }

  #noteMail({ mail, state, code, at }: CaseMailNoted, { keyId }: CasePlace): void {
    const found = this.#caseOf(keyId)
    const row = found && this.#database.prepare('SELECT sealed FROM case_mail WHERE case_mail = ?').get(mail)
    if (found === undefined || row === undefined) return
    const known = found.sealer.open<MailRow>(caseRowPlace.mail(mail), row['sealed'])
    const next: MailRow = { ...known, state, at, ...(code === undefined ? {} : { code }) }
    this.#database
      .prepare('UPDATE case_mail SET waiting = 0, sealed = ? WHERE case_mail = ?')
      .run(found.sealer.seal(caseRowPlace.mail(mail), next), mail)
  }

  #fork({ order, why }: CaseForkSeen, { keyId }: CasePlace): void {
    const found = this.#caseOf(keyId)
    if (found === undefined) return
    const row = this.#caseRow(found)
    const { id } = decodeStatement(Buffer.from(order, 'base64url'), crypto)
    if (row.fork === undefined) this.#setCase(found, { ...row, fork: { order: id, why } })
  }

  #answerMove({ partition, sealer }: KeyedCase, id: string, change: (row: MoveRow) => MoveRow): void {
    const row = this.#database
      .prepare('SELECT case_move, sealed FROM case_move WHERE tag = ?')
      .get(partition.tag('case-move', id))
    if (row === undefined) return
    const number = Number(row['case_move'])
    const next = change(sealer.open<MoveRow>(caseRowPlace.move(number), row['sealed']))
    this.#database
      .prepare('UPDATE case_move SET waiting = 0, sealed = ? WHERE case_move = ?')
      .run(sealer.seal(caseRowPlace.move(number), next), number)
  }

  #caseRow({ number, sealer }: KeyedCase): CaseRow {
    const row = this.#database.prepare('SELECT sealed FROM private_case WHERE private_case = ?').get(number)
    return sealer.open<CaseRow>(caseRowPlace.case(number), row?.['sealed'])
  }

  #setCase({ number, sealer }: KeyedCase, row: CaseRow): void {
    this.#database
      .prepare('UPDATE private_case SET sealed = ? WHERE private_case = ?')
      .run(sealer.seal(caseRowPlace.case(number), row), number)
  }

  #caseOf(keyId: string): KeyedCase | undefined {
    const row = this.#database
      .prepare(
        'SELECT private_case, partition.id AS id FROM private_case JOIN partition USING (partition) WHERE key = ?',
      )
      .get(keyId)
    const partition = row === undefined ? undefined : this.#partitions.byId(String(row['id']))
    if (row === undefined || partition === undefined) return undefined
    return { number: Number(row['private_case']), partition, sealer: new Sealer(this.#keyring, keyId) }
  }

  #partitionOf(keyId: string): Partition | undefined {
    const id = partitionIdOf(keyId)
    return id === undefined ? undefined : this.#partitions.byId(id)
  }
}

/** Where its seat is, is said by the move that opens it: the first that anybody sees. */
function seated(row: CaseRow, opened: OpenedMove): CaseRow {
  if (row.seatParty !== '') return row
  const { seat, procedure } = opened.payload
  return { ...row, procedure, seat, seatParty: seatPartyOf(procedureOf(procedure), opened) ?? '' }
}
