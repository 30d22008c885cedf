import { StoreError } from '@comity/store'
import type { VaultDesk } from '../../../vault/desk.ts'
import { type Partition, Sealer } from '../../../vault/partition.ts'
import type { CaseMoveFiled, CaseMoveOrdered, CaseMoveRefused } from './case-event.ts'
import { type CaseRow, type MailRow, type MoveRow, type OrderRow, caseRowPlace } from './case-rows.ts'

/** A case in somebody's vault. */
export interface KeptCase {
  /** Number of its row: of the record that opened it. */
  readonly number: number
  readonly partition: Partition
  /** Key of the keyring under which all of it is written. */
  readonly key: string
  readonly row: CaseRow
}

/** A row of a case, with the number of the record that brought it. */
export interface Kept<T> {
  readonly record: number
  readonly row: T
}

/** Which orders of a case are read: those behind a record, at most so many, the newest of them where it says so. */
export interface OrdersAsked {
  readonly after?: number
  readonly limit?: number
  readonly newest?: boolean
}

type Row = Readonly<Record<string, unknown>>

/** Private cases as they are read: committed rows, opened with the keys of those whose they are. */
export class CaseReader {
  readonly #desk: VaultDesk

  constructor(desk: VaultDesk) {
    this.#desk = desk
  }

  partitionOf(party: string): Partition | undefined {
    return this.#desk.partitions.of(party)
  }

  /** The case of this name, if the party has one. */
  find(partition: Partition, urn: string): KeptCase | undefined {
    const row = this.#desk.view
      .prepare('SELECT private_case, key, sealed FROM private_case WHERE tag = ?')
      .get(partition.tag('case', urn))
    return row === undefined ? undefined : this.#case(partition, row)
  }

  /** Whether a case was erased: nothing of it is taken again. */
  isErased(partition: Partition, urn: string): boolean {
    const tag = partition.tag('case', urn)
    return this.#desk.view.prepare('SELECT 1 FROM erased_case WHERE tag = ?').get(tag) !== undefined
  }

  /** All cases of a party, the last that came first. */
  all(partition: Partition): readonly KeptCase[] {
    return this.#desk.view
      .prepare('SELECT private_case, key, sealed FROM private_case WHERE partition = ? ORDER BY private_case DESC')
      .all(partition.number)
      .flatMap((row) => this.#case(partition, row) ?? [])
  }

  /** The orders of a case, by when they were written here: all, those behind a record, or the newest. */
  orders(of: KeptCase, { after = 0, limit = -1, newest = false }: OrdersAsked = {}): readonly Kept<OrderRow>[] {
    const rows = this.#desk.view
      .prepare(
        `SELECT case_order, sealed FROM case_order WHERE private_case = ? AND case_order > ?
         ORDER BY case_order ${newest ? 'DESC' : 'ASC'} LIMIT ?`,
      )
      .all(of.number, after, limit)
    return (newest ? rows.toReversed() : rows).map((row) => this.#order(of, row))
  }

  /** The order of the move that opened a case. */
  openingOf(of: KeptCase): OrderRow {
    const [first] = this.orders(of, { limit: 1 })
    if (first === undefined) throw new Error('a case that is shown has an opening move')
    return first.row
  }
  /** An order of a case by its id. */
  order(of: KeptCase, id: string): Kept<OrderRow> | undefined {
    const row = this.#desk.view
      .prepare('SELECT case_order, sealed FROM case_order WHERE tag = ? AND private_case = ?')
      .get(of.partition.tag('case-order', id), of.number)
    return row === undefined ? undefined : this.#order(of, row)
  }

  /** A move that was sent to the seat or came to it. */
  move(of: KeptCase, id: string): Kept<MoveRow> | undefined {
    const row = this.#desk.view
      .prepare('SELECT case_move, sealed FROM case_move WHERE tag = ? AND private_case = ?')
      .get(of.partition.tag('case-move', id), of.number)
    return row === undefined ? undefined : this.#move(of, row)
  }

  /** Moves of a case that were sent to its seat or came to it, the latest first. */
  moves(of: KeptCase): readonly Kept<MoveRow>[] {
    return this.#desk.view
      .prepare('SELECT case_move, sealed FROM case_move WHERE private_case = ? ORDER BY case_move DESC')
      .all(of.number)
      .map((row) => this.#move(of, row))
  }

  /** The case in which a party waits for the answer to a move. */
  awaiting(partition: Partition, id: string): KeptCase | undefined {
    const row = this.#desk.view
      .prepare(
        `SELECT private_case, key, private_case.sealed AS sealed FROM case_move JOIN private_case USING (private_case)
         WHERE case_move.tag = ?`,
      )
      .get(partition.tag('case-move', id))
    return row === undefined ? undefined : this.#case(partition, row)
  }

  /** Moves that came to a seat here and were not judged yet, oldest first. */
  unjudged(): readonly { readonly case: KeptCase; readonly move: Kept<MoveRow> }[] {
    return this.#desk.view
      .prepare(
        `SELECT case_move, case_move.sealed AS move_sealed, private_case, key, private_case.sealed AS sealed, partition.id AS id
         FROM case_move JOIN private_case USING (private_case) JOIN partition ON partition.partition = case_move.partition
         WHERE case_move.waiting = 1 ORDER BY case_move`,
      )
      .all()
      .flatMap((row) => {
        const partition = this.#desk.partitions.byId(String(row['id']))
        const of = partition && this.#case(partition, row)
        if (of === undefined) return []
        const move = this.#move(of, { case_move: row['case_move'], sealed: row['move_sealed'] })
        return move.row.direction === 'received' ? [{ case: of, move }] : []
      })
  }

  /** What has to go to somebody, oldest first. */
  waitingMail(): readonly { readonly case: KeptCase; readonly mail: Kept<MailRow> }[] {
    const cases = new Map<number, KeptCase | undefined>()
    return this.#desk.view
      .prepare(
        `SELECT case_mail, case_mail.sealed AS mail_sealed, private_case, key, private_case.sealed AS sealed, partition.id AS id
         FROM case_mail JOIN private_case USING (private_case) JOIN partition ON partition.partition = case_mail.partition
         WHERE case_mail.waiting = 1 ORDER BY case_mail`,
      )
      .all()
      .flatMap((row) => {
        const number = Number(row['private_case'])
        const partition = this.#desk.partitions.byId(String(row['id']))
        if (!cases.has(number)) cases.set(number, partition && this.#case(partition, row))
        const of = cases.get(number)
        if (of === undefined) return []
        const record = Number(row['case_mail'])
        const mail = this.#sealer(of).open<MailRow>(caseRowPlace.mail(record), row['mail_sealed'])
        return [{ case: of, mail: { record, row: mail } }]
      })
  }

  /** What the journal holds of a move, an order or a refusal; undefined once it is erased. */
  content(record: number): CaseMoveFiled | CaseMoveOrdered | CaseMoveRefused | undefined {
    const { event } = this.#desk.journal.read(record)
    if (event?.type === 'case-move' || event?.type === 'case-order' || event?.type === 'case-refusal') return event
    return undefined
  }

  #case(partition: Partition, row: Row): KeptCase | undefined {
    const number = Number(row['private_case'])
    const key = String(row['key'])
    try {
      const sealer = new Sealer(this.#desk.keyring, key)
      return { number, partition, key, row: sealer.open<CaseRow>(caseRowPlace.case(number), row['sealed']) }
    } catch (error) {
      // It is just being erased.
      if (error instanceof StoreError && error.code === 'key-destroyed') return undefined
      throw error
    }
  }

  #order(of: KeptCase, row: Row): Kept<OrderRow> {
    const record = Number(row['case_order'])
    return { record, row: this.#sealer(of).open<OrderRow>(caseRowPlace.order(record), row['sealed']) }
  }

  #move(of: KeptCase, row: Row): Kept<MoveRow> {
    const record = Number(row['case_move'])
    return { record, row: this.#sealer(of).open<MoveRow>(caseRowPlace.move(record), row['sealed']) }
  }

  #sealer({ key }: KeptCase): Sealer {
    return new Sealer(this.#desk.keyring, key)
  }
}
