import { randomBytes, sha256 } from '@comity/crypto'
import { ProcedureError } from '@comity/procedures'
import {
  type OrderPayload,
  type Statement,
  decodeStatement,
  digestText,
  parseStatementUrn,
  readPayloadAs,
  statementUrn,
} from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'
import type { KeyedEvent, VaultPen } from '../../../vault/desk.ts'
import type { Partition } from '../../../vault/partition.ts'
import { checkSigner } from '../../inbox/message/opened-message.ts'
import { oldestMessage } from '../../inbox/receiving/oldest-message.ts'
import type { Taken } from '../../inbox/receiving/reception.ts'
import type { CaseParts } from '../case-parts.ts'
import { contradictionTo } from '../chain/contradiction.ts'
import { type OpenedMove, openMove } from '../chain/opened-move.ts'
import { requirePrivateMove, seatPartyOf } from '../chain/private-move.ts'
import type { CaseForkSeen } from '../record/case-event.ts'
import type { KeptCase } from '../record/case-reader.ts'
import { caseKey } from './case-key.ts'
import { traffic } from './mail.ts'
import type { MoveParcel, OrderParcel, Parcel, RefusalParcel } from './parcel.ts'

/** How far an author's clock may be ahead, in seconds. */
const clockSkew = 300

interface Order {
  readonly statement: Statement
  readonly payload: OrderPayload
}

/** How what belongs to private cases comes in: checked, and written once however often it is brought. */
export class CaseReception {
  readonly #parts: CaseParts
  readonly #onMove: () => void

  /** `onMove` hears that a move waits for the seat here. */
  constructor(parts: CaseParts, onMove: () => void) {
    this.#parts = parts
    this.#onMove = onMove
  }

  /**
   * Takes a parcel that was sealed to a party. When it resolves it is durable.
   *
   * Errors: StatementError, ProcedureError and NodeError for what is wrong with it; `wrong-recipient`, `unknown-author`,
   * `clock-in-future`, `message-too-old`, `erased`; `order-gap` where what comes before it has not come, `order-forked`
   * where the seat has given another order before.
   */
  async take(partition: Partition, parcel: Parcel, sizeClass: number): Promise<Taken> {
    try {
      if ('refusal' in parcel) return await this.#takeRefusal(partition, parcel, sizeClass)
      if ('order' in parcel) return await this.#takeOrder(partition, parcel, sizeClass)
      return await this.#takeMove(partition, parcel, sizeClass)
    } catch (error) {
      if (!(error instanceof ProcedureError)) throw error
      throw new NodeError(error.code, error.message, { cause: error })
    }
  }

  async #takeMove(partition: Partition, { move, fields }: MoveParcel, sizeClass: number): Promise<Taken> {
    const { desk, reader, directory, now, origin } = this.#parts
    const opened = openMove(move, fields)
    const { statement, payload } = opened
    const author = directory.find(statement.iss)
    if (author === undefined) throw new NodeError('unknown-author', 'the home log of the author is not known here')
    await checkSigner(statement, author)
    if (statement.iat > now() + clockSkew)
      throw new NodeError('clock-in-future', `the move is dated more than ${clockSkew} s ahead of this node's clock`)
    if (statement.iat < now() - oldestMessage)
      throw new NodeError('message-too-old', `the move is more than ${oldestMessage / 86_400} days old: sign it anew`)
    return desk.write(async (pen) => {
      const known = reader.find(partition, statement.sub)
      const before = known && reader.move(known, statement.id)
      if (before?.row.receipt !== undefined) return taken(before.row.receipt, true)
      this.#requireWanted(partition, statement.sub)
      const seatParty =
        known?.row.case === undefined ? seatPartyOf(requirePrivateMove(opened), opened) : known.row.seatParty
      if (payload.seat !== origin || seatParty !== partition.party)
        throw new NodeError('wrong-recipient', 'this party keeps the seat of no such case')
      const at = now()
      const receipt = this.#receipt(statement, opened.digest, { sizeClass, at, to: partition.party })
      const { key, opening } = await caseKey(this.#parts, partition, statement.sub, at)
      const filed = {
        type: 'case-move',
        direction: 'received',
        move: base64url(statement.leaf),
        fields,
        to: partition.party,
        receipt,
        at,
      } as const
      await pen.record([...opening, { keyId: key, event: filed }, arrived(statement, at)])
      this.#onMove()
      return taken(receipt, false)
    })
  }

  async #takeOrder(partition: Partition, parcel: OrderParcel, sizeClass: number): Promise<Taken> {
    const { desk, reader, directory, now } = this.#parts
    const opened = openMove(parcel.move, parcel.fields)
    const order = await this.#readOrder(parcel.order, opened)
    requirePrivateMove(opened)
    const author = directory.find(opened.statement.iss)
    if (author !== undefined) await checkSigner(opened.statement, author)
    return desk.write(async (pen) => {
      const urn = order.statement.sub
      const known = reader.find(partition, urn)
      const before = known && reader.order(known, order.statement.id)
      if (before?.row.receipt !== undefined) return taken(before.row.receipt, true)
      this.#requireWanted(partition, urn)
      this.#requireSeat(known, opened)
      const why = contradictionTo(reader, known, order.payload, opened)
      if (why !== undefined) return this.#noteFork(pen, known, order, opened, why)
      const at = now()
      const digest = digestText(sha256(order.statement.leaf))
      const receipt = this.#receipt(order.statement, digest, { sizeClass, at, to: partition.party })
      const { key, opening } = await caseKey(this.#parts, partition, urn, at)
      const event = {
        type: 'case-order',
        order: base64url(order.statement.leaf),
        move: base64url(opened.statement.leaf),
        fields: parcel.fields,
        verified: author !== undefined,
        receipt,
        at,
      } as const
      await pen.record([...opening, { keyId: key, event }, arrived(order.statement, at)])
      return taken(receipt, false)
    })
  }

  /** An order, signed by the keeper of the log that the move names as its seat, about that very move. */
  async #readOrder(bytes: Uint8Array, { statement: move, payload: { seat } }: OpenedMove): Promise<Order> {
    const statement = decodeStatement(bytes, crypto)
    if (statement.kind !== 'order') throw new NodeError('malformed-message', 'what is signed is no order')
    const payload = readPayloadAs(statement, 'order')
    const keeper = this.#parts.directory.keeper(seat)
    if (keeper === undefined)
      throw new NodeError('unknown-author', `the keeper of ${seat}, where the case has its seat, is not known here`)
    if (statement.iss !== keeper.urn) throw new NodeError('wrong-seat', 'the order is of another than the seat')
    await checkSigner(statement, keeper.author)
    if (payload.move !== move.id || statement.sub !== move.sub)
      throw new NodeError('malformed-message', 'the order is about another move')
    return { statement, payload }
  }

  /** A case has one seat, which is the home log of the party that keeps it. */
  #requireSeat(known: KeptCase | undefined, opened: OpenedMove): void {
    const { seat } = opened.payload
    if (known !== undefined && known.row.seat !== '') {
      if (known.row.seat === seat) return
      throw new NodeError('wrong-seat', 'the seat of this case is another')
    }
    const party = seatPartyOf(requirePrivateMove(opened), opened)
    const home = party === undefined ? undefined : this.#parts.directory.find(party)?.state.home
    if (home === undefined)
      throw new NodeError('unknown-author', 'the party that keeps the seat of the case is not known here')
    if (home !== seat) throw new NodeError('wrong-seat', 'the seat of this case is not the home of who keeps it')
  }

  /** Two signatures of the seat that cannot both stand: kept as evidence, and shown with the case from then on. */
  async #noteFork(
    pen: VaultPen,
    known: KeptCase | undefined,
    { statement }: Order,
    opened: OpenedMove,
    why: CaseForkSeen['why'],
  ): Promise<never> {
    if (known !== undefined && known.row.fork === undefined) {
      const evidence = { order: base64url(statement.leaf), move: base64url(opened.statement.leaf) }
      const event = { type: 'case-fork', ...evidence, why, at: this.#parts.now() } as const
      await pen.record([{ keyId: known.key, event }])
    }
    throw new NodeError(
      'order-forked',
      'the seat has given another order of this case before: both are kept as evidence',
    )
  }

  async #takeRefusal(partition: Partition, { refusal }: RefusalParcel, sizeClass: number): Promise<Taken> {
    const { desk, reader, directory, now } = this.#parts
    const statement = decodeStatement(refusal, crypto)
    if (statement.kind !== 'refusal') throw new NodeError('malformed-message', 'what is signed is no refusal')
    readPayloadAs(statement, 'refusal')
    const move = parseStatementUrn(statement.sub) ?? ''
    const awaiting = reader.awaiting(partition, move)
    const keeper = awaiting && directory.keeper(awaiting.row.seat)
    if (awaiting === undefined) throw new NodeError('unknown-message', 'this party has filed no such move')
    if (keeper === undefined || statement.iss !== keeper.urn)
      throw new NodeError('wrong-seat', 'the refusal is of another than the seat')
    await checkSigner(statement, keeper.author)
    return desk.write(async (pen) => {
      const at = now()
      const digest = digestText(sha256(statement.leaf))
      const receipt = this.#receipt(statement, digest, { sizeClass, at, to: partition.party })
      const known = reader.move(awaiting, move)
      if (known === undefined) throw new NodeError('unknown-message', 'this party has filed no such move')
      if (known.row.state !== 'waiting') return taken(receipt, true)
      const event = { type: 'case-refusal', move, refusal: base64url(statement.leaf), receipt, at } as const
      await pen.record([{ keyId: awaiting.key, event }, arrived(statement, at)])
      return taken(receipt, false)
    })
  }

  #requireWanted(partition: Partition, urn: string): void {
    if (this.#parts.reader.isErased(partition, urn))
      throw new NodeError('erased', 'this case was erased here, and nothing of it is taken any more')
  }

  #receipt(
    { id }: Statement,
    digest: string,
    { sizeClass, at, to }: { readonly sizeClass: number; readonly at: number; readonly to: string },
  ): string {
    const about = { digest, sizeClass, at, to, how: 'inbox', attachments: [] } as const
    return base64url(this.#parts.signer.signFor('delivery', statementUrn(id), at, { ...about, attachments: [] }))
  }
}

function arrived({ leaf }: Statement, at: number): KeyedEvent {
  return traffic(leaf, 'received', randomBytes(32), at)
}

function taken(receipt: string, duplicate: boolean): Taken {
  return { receipt: Buffer.from(receipt, 'base64url'), attachments: [], duplicate }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
