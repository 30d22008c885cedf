import { type Case, type Procedure, ProcedureError, seersOf, seesMove } from '@comity/procedures'
import { StatementError, decodeStatement, statementUrn } from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import { refusing, withinTime } from '../../../judge/move-rules.ts'
import { NodeError } from '../../../node-error.ts'
import type { KeyedEvent, VaultPen } from '../../../vault/desk.ts'
import type { CaseParts } from '../case-parts.ts'
import { type OpenedMove, openMove } from '../chain/opened-move.ts'
import { caseAfter, commonChain, headOf } from '../chain/place.ts'
import { requirePrivateMove, seatPartyOf } from '../chain/private-move.ts'
import { chainOf } from '../chain/threads.ts'
import { type Letter, mailed } from '../post/mail.ts'
import type { Publisher } from '../publication/publisher.ts'
import type { CaseMoveFiled } from '../record/case-event.ts'
import type { Kept, KeptCase } from '../record/case-reader.ts'
import type { MoveRow, OrderRow } from '../record/case-rows.ts'

/** A move that the seat takes: the case before and after it. */
interface Taken {
  readonly procedure: Procedure
  readonly opened: OpenedMove
  readonly before: Case | undefined
  readonly after: Case
}

/** Moves judged in one go; requests come in between. */
const judgedAtOnce = 16

/**
 * The seat of private cases: judges what came in the order in which it came, by what its own order of that case has made
 * of it; gives each move its place, signed; and passes it on to those who may see it, also to who comes later.
 */
export class SeatDesk {
  readonly #parts: CaseParts
  readonly #publisher: Publisher

  constructor(parts: CaseParts, publisher: Publisher) {
    this.#parts = parts
    this.#publisher = publisher
  }

  /** Judges some of what waits. Resolves with how many; 0 once nothing does. */
  async judgeSome(): Promise<number> {
    const { desk, reader } = this.#parts
    if (reader.unjudged().length === 0) return 0
    return desk.write(async (pen) => {
      for (let judged = 0; judged < judgedAtOnce; judged++) {
        // Read anew each time: the move before may have changed the case.
        const [next] = reader.unjudged()
        if (next === undefined) return judged
        await this.#judge(pen, next.case, next.move)
      }
      return judgedAtOnce
    })
  }

  async #judge(pen: VaultPen, of: KeptCase, { record }: Kept<MoveRow>): Promise<void> {
    const filed = this.#parts.reader.content(record)
    if (filed?.type !== 'case-move') throw new NodeError('storage-failed', 'a move in the vault cannot be read')
    const opened = openMove(Buffer.from(filed.move, 'base64url'), filed.fields)
    try {
      await this.#take(
        pen,
        of,
        filed,
        refusing(() => this.#taken(of, opened)),
      )
    } catch (error) {
      const isRefusal = error instanceof NodeError || error instanceof StatementError || error instanceof ProcedureError
      if (!isRefusal || (error instanceof NodeError && error.code === 'storage-failed')) throw error
      await this.#refuse(pen, of, opened, error)
    }
  }

  #taken(of: KeptCase, opened: OpenedMove): Taken {
    const { origin, now, reader } = this.#parts
    const { row, partition } = of
    const { seat, procedure: version, after: seen, place } = opened.payload
    const procedure = requirePrivateMove(opened)
    if (seat !== origin) throw new NodeError('wrong-seat', `the seat of this case is another than ${origin}`)
    const before = row.case
    if (before === undefined) {
      if (seatPartyOf(procedure, opened) !== partition.party)
        throw new NodeError('wrong-seat', 'the move opens no case of this name that this party keeps the seat of')
    } else {
      if (place !== undefined)
        throw new NodeError('bad-body', 'where the clocks of a case run is said by the move that opens it', {
          pointer: '/place',
        })
      if (before.procedure !== version)
        throw new NodeError('wrong-procedure', `this case is one of ${before.procedure}, not of ${version}`)
      const head = headOf(row, commonChain)
      const isKnown = seen !== undefined && reader.order(of, seen)?.row.thread === commonChain
      if (!isKnown)
        throw new NodeError(
          'unknown-order',
          `the move names ${seen ?? 'no order'} as the newest one that its author has; this seat gave ${head?.id ?? 'none'}`,
          { pointer: '/after' },
        )
    }
    const at = Math.max(now(), before?.movedAt ?? 0)
    return { procedure, opened, before, after: withinTime(caseAfter(procedure, before, opened, { at, judged: false })) }
  }

  async #take(pen: VaultPen, of: KeptCase, filed: CaseMoveFiled, taken: Taken): Promise<void> {
    const { desk, reader, signer, now } = this.#parts
    const { procedure, opened, before, after } = taken
    const { movedAt: at } = after
    const seen = { name: opened.payload.move, by: opened.statement.iss, body: opened.body }
    const chain = chainOf(procedure, after, seen)
    const head = headOf(of.row, chain)
    const common = headOf(of.row, commonChain)?.id
    const order = signer.signFor('order', of.row.urn, at, {
      ...(chain === commonChain ? {} : { thread: chain, ...(common === undefined ? {} : { common }) }),
      n: head === undefined ? 0 : head.n + 1,
      ...(head === undefined ? {} : { previous: head.id }),
      move: opened.statement.id,
      at,
    })
    const own = of.partition.party
    const first = desk.journal.size
    const ordered = { order: Buffer.from(order).toString('base64url'), move: filed.move, fields: filed.fields }
    const writtenAt = now()
    const events: KeyedEvent[] = [
      { keyId: of.key, event: { type: 'case-order', ...ordered, verified: true, at: writtenAt } },
    ]
    const send = (letter: Letter): void => void events.push(...mailed(of.key, letter, writtenAt))
    const come = comers(before, after).filter((party) => party !== own)
    const earlier = come.length === 0 ? [] : reader.orders(of)
    for (const party of come) {
      for (const { record, row } of earlier) {
        const isNew = !sees(procedure, before, row, party) && seesMove(procedure, after, row, party)
        if (isNew) send({ to: party, what: 'order', record, statement: this.#orderAt(record) })
      }
    }
    for (const party of seersOf(procedure, after, seen)) {
      if (party !== own) send({ to: party, what: 'order', record: first, statement: order })
    }
    if (chain === commonChain) {
      const newest = { ...ordered, name: seen.name }
      events.push(...(await this.#publisher.events(of, { procedure, after, newest })))
    }
    await pen.record(events)
  }

  #orderAt(record: number): Uint8Array {
    const content = this.#parts.reader.content(record)
    if (content?.type !== 'case-order') throw new NodeError('storage-failed', 'an order in the vault cannot be read')
    return decodeStatement(Buffer.from(content.order, 'base64url'), crypto).leaf
  }

  /** A signed answer, of which nobody but the author of the move hears. */
  async #refuse(
    pen: VaultPen,
    of: KeptCase,
    { statement }: OpenedMove,
    { code, message }: NodeError | StatementError | ProcedureError,
  ): Promise<void> {
    const { desk, signer, size, now } = this.#parts
    const at = now()
    const payload = { code, detail: message.slice(0, 1000), at, size: size() }
    const refusal = signer.signFor('refusal', statementUrn(statement.id), at, payload)
    const record = desk.journal.size
    const event = {
      type: 'case-refusal',
      move: statement.id,
      refusal: Buffer.from(refusal).toString('base64url'),
      at,
    } as const
    const letter = { to: statement.iss, what: 'refusal', record, statement: refusal } as const
    const isOwn = statement.iss === of.partition.party
    await pen.record([{ keyId: of.key, event }, ...(isOwn ? [] : mailed(of.key, letter, at))])
  }
}

/** Parties that have come to the case with a move, or to another role in it. */
function comers(before: Case | undefined, after: Case): readonly string[] {
  const rolesBefore = new Map(Object.entries(before?.roles ?? {}).map(([role, parties]) => [role, new Set(parties)]))
  const come = Object.entries(after.roles).flatMap(([role, parties]) =>
    parties.filter((party) => rolesBefore.get(role)?.has(party) !== true),
  )
  return [...new Set(come)]
}

function sees(procedure: Procedure, of: Case | undefined, move: OrderRow, party: string): boolean {
  return of !== undefined && seesMove(procedure, of, move, party)
}
