import { thresholdOf, StatementError, type SealedField } from '@comity/statement'
import { ProcedureError } from '@comity/procedures'
import { NodeError } from '../../../node-error.ts'
import { checkSigner } from '../../inbox/message/opened-message.ts'
import { pad } from '../../inbox/message/padding.ts'
import { sealKeysOf } from '../../inbox/message/seal-keys.ts'
import type { CaseParts } from '../case-parts.ts'
import { type OpenedMove, openMove } from '../chain/opened-move.ts'
import { requirePrivateMove, seatPartyOf } from '../chain/private-move.ts'
import type { KeptCase } from '../record/case-reader.ts'
import { caseKey } from './case-key.ts'
import { mailed } from './mail.ts'
import { encodeParcel } from './parcel.ts'

/** A move as it was filed. */
export interface FiledMove {
  /** Id of its statement. */
  readonly id: string
  readonly case: string
  /** It was here already; nothing was written. */
  readonly duplicate: boolean
}

/** How far the clock of an author may be from that of the node, in seconds. */
const clockSkew = 3600

/** How a move of a party goes to the seat of its case: checked as the seat will check it, and written once. */
export class CaseOutbox {
  readonly #parts: CaseParts

  constructor(parts: CaseParts) {
    this.#parts = parts
  }

  /**
   * Takes a signed move with what opens its sealed fields.
   *
   * Errors: StatementError, and NodeError with the code of what the procedure says; `not-yours`, `unknown-author`,
   * `unknown-recipient`, `unknown-seal-key`, `wrong-seat`, `unknown-case`, `message-too-large`, `erased`.
   */
  async file(party: string, move: Uint8Array, fields: readonly SealedField[]): Promise<FiledMove> {
    try {
      const opened = openMove(move, fields)
      await this.#check(party, opened)
      return await this.#write(party, opened, fields)
    } catch (error) {
      if (!(error instanceof ProcedureError)) throw error
      const pointer = error.pointer === undefined ? undefined : `/body${error.pointer}`
      throw new NodeError(error.code, error.message, { cause: error, pointer })
    }
  }

  /** What can be found wrong with a move whose minute has not come. As {@link file}. */
  async check(party: string, move: Uint8Array, fields: readonly SealedField[]): Promise<OpenedMove> {
    const opened = openMove(move, fields)
    await this.#check(party, opened)
    return opened
  }

  async #check(party: string, opened: OpenedMove): Promise<void> {
    const { statement } = opened
    const { directory, now } = this.#parts
    requirePrivateMove(opened)
    if (statement.iss !== party) throw new NodeError('not-yours', 'the move is by another party than the token is for')
    const author = directory.find(party)
    if (author === undefined)
      throw new NodeError('unknown-author', `${party} has no party statement that is known here`)
    await checkSigner(statement, author)
    if (thresholdOf(author.state, 'move') > 1)
      throw new StatementError(
        'threshold-not-met',
        'the party wants several keys for its moves; approvals are public, and would say that there is a private case',
      )
    if (statement.iat > now() + clockSkew)
      throw new StatementError('bad-claim', `iat ${statement.iat} is more than an hour ahead of this node's clock`)
  }

  async #write(party: string, opened: OpenedMove, fields: readonly SealedField[]): Promise<FiledMove> {
    const { desk, reader, now } = this.#parts
    const { statement } = opened
    const { id, sub } = statement
    return desk.write(async (pen) => {
      const at = now()
      const { keyId, opening: hosting } = await pen.host(party, at)
      if (hosting.length > 0) await pen.record(hosting)
      const partition = reader.partitionOf(party)
      if (partition === undefined) throw new NodeError('storage-failed', `${keyId} was opened and is not there`)
      const known = reader.find(partition, sub)
      if (known !== undefined && reader.move(known, id) !== undefined) return { id, case: sub, duplicate: true }
      if (reader.isErased(partition, sub)) throw new NodeError('erased', 'this case was erased: open another')
      const to = this.#seatParty(party, known, opened)
      const isOwn = to === party
      const { key, opening } = await caseKey(this.#parts, partition, sub, at)
      const filed = {
        type: 'case-move',
        direction: isOwn ? 'received' : 'sent',
        move: Buffer.from(statement.leaf).toString('base64url'),
        fields,
        to,
        at,
      } as const
      // What does not fit into the largest class is told now and not to a courier.
      pad(encodeParcel({ move: statement.leaf, fields, order: new Uint8Array(1024) }))
      const record = desk.journal.size + opening.length
      const letter = { to, what: 'move', record, statement: statement.leaf } as const
      await pen.record([...opening, { keyId: key, event: filed }, ...(isOwn ? [] : mailed(key, letter, at))])
      return { id, case: sub, duplicate: false }
    })
  }

  /** The party that keeps the seat. Throws where its node is not known, or is not the seat that the move names. */
  #seatParty(party: string, known: KeptCase | undefined, opened: OpenedMove): string {
    const { directory } = this.#parts
    const { seat } = opened.payload
    const isOpen = known?.row.case !== undefined
    const to = isOpen ? known.row.seatParty : seatPartyOf(requirePrivateMove(opened), opened)
    if (to === undefined || to === '')
      throw new NodeError('unknown-case', 'no such case is known here, and the move opens none')
    if (isOpen && known.row.seat !== seat)
      throw new NodeError('wrong-seat', `the seat of this case is ${known.row.seat}, not ${seat}`, { pointer: '/seat' })
    const state = directory.find(to)?.state
    if (state === undefined)
      throw new NodeError(
        'unknown-recipient',
        `${to}, which keeps the seat, is not known here: its home log is no peer's`,
      )
    if (state.home !== seat)
      throw new NodeError('wrong-seat', `who keeps the seat is at home in ${state.home}, not ${seat}`, {
        pointer: '/seat',
      })
    if (to !== party && sealKeysOf(state).length === 0)
      throw new NodeError(
        'unknown-seal-key',
        `${to}, which keeps the seat, has no key that anything could be sealed to`,
      )
    return to
  }
}
