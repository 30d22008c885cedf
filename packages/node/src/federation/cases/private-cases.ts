import { NodeError } from '../../node-error.ts'
import type { SealedField } from '@comity/statement'
import type { Step } from '../inbox/loops.ts'
import { Courier } from '../inbox/sending/courier.ts'
import type { Destination } from '../inbox/sending/destination.ts'
import type { CaseParts } from './case-parts.ts'
import { CaseOutbox, type FiledMove } from './post/case-outbox.ts'
import { type CaseDelivery, CasePost } from './post/case-post.ts'
import { CaseReception } from './post/case-reception.ts'
import { Publisher } from './publication/publisher.ts'
import { Submissions, type Submitter } from './publication/submissions.ts'
import { SeatDesk } from './seat/seat-desk.ts'

export interface PrivateCasesParts extends CaseParts {
  /** Where a party gets its sealed mail. */
  readonly destination: (to: string) => Destination
  readonly submitter: Submitter
  /** In [0, 1): spreads attempts. */
  readonly random: () => number
  readonly onError: (error: unknown) => void
  /** There is something to do. */
  readonly wake: () => void
}

/** How long an idle seat sleeps, in seconds, unless it is woken. */
const idle = 3600

/**
 * Cases that lie in the vaults of their parties and in no log: moves travel sealed to the seat, which orders them and
 * passes each on to those who may see it. And statements that are signed now and enter the log at their minute.
 */
export class PrivateCases {
  readonly reception: CaseReception
  readonly submissions: Submissions
  readonly #parts: PrivateCasesParts
  readonly #outbox: CaseOutbox
  readonly #seat: SeatDesk
  readonly #courier: Courier<CaseDelivery>

  constructor(parts: PrivateCasesParts) {
    const { destination, random, onError, wake } = parts
    this.#parts = parts
    this.reception = new CaseReception(parts, wake)
    this.#outbox = new CaseOutbox(parts)
    this.#seat = new SeatDesk(parts, new Publisher(parts))
    this.#courier = new Courier(new CasePost(parts, destination), random, onError, () => {})
    this.submissions = new Submissions(parts, parts.submitter, (party, move, fields) => this.file(party, move, fields))
  }

  get reader(): CaseParts['reader'] {
    return this.#parts.reader
  }

  /** Files a signed move of a party in a private case. As {@link CaseOutbox.file}. */
  async file(party: string, move: Uint8Array, fields: readonly SealedField[]): Promise<FiledMove> {
    const filed = await this.#outbox.file(party, move, fields)
    // Where the seat is here the answer is there when this returns.
    await this.judge()
    this.#parts.wake()
    return filed
  }

  /** What has become of a move that was filed, as far as is known here. */
  stateOf(party: string, { id, case: urn }: FiledMove): 'waiting' | 'taken' | 'refused' {
    const { reader } = this.#parts
    const partition = reader.partitionOf(party)
    const found = partition && reader.find(partition, urn)
    return (found && reader.move(found, id)?.row.state) ?? 'waiting'
  }

  /** Erases a case for one party: its key is destroyed. Throws `unknown-case`. */
  async erase(party: string, urn: string): Promise<void> {
    const { desk, reader, now } = this.#parts
    await desk.write(async (pen) => {
      const partition = reader.partitionOf(party)
      const found = partition && reader.find(partition, urn)
      if (partition === undefined || found === undefined)
        throw new NodeError('unknown-case', 'the vault of this party has no such case')
      const event = { type: 'private-case-erased', case: urn, key: found.key, at: now() } as const
      await pen.record([{ keyId: partition.keyId, event }])
    })
  }

  /** The works that go on for ever. */
  get steps(): readonly Step[] {
    return [
      async (now) => {
        await this.judge()
        return now + idle
      },
      (now) => this.#courier.step(now),
      (now) => this.submissions.step(now),
    ]
  }

  /** Judges what waits at the seats here. */
  async judge(): Promise<void> {
    let judged = 0
    for (let some = 1; some > 0; judged += some) some = await this.#seat.judgeSome()
    // What was answered is to be brought.
    if (judged > 0) this.#parts.wake()
  }
}
