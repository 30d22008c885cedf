import { randomBytes, sha256Hex } from '@comity/crypto'
import { procedureOf } from '@comity/procedures'
import {
  type SealedField,
  type Statement,
  StatementError,
  decodeStatement,
  readPayload,
  readPayloadAs,
} from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import { NodeError } from '../../../node-error.ts'
import { Refused } from '../../../pipeline/sequencer.ts'
import { documentsOf } from '../../../register/register.ts'
import type { Partition } from '../../../vault/partition.ts'
import { checkSigner } from '../../inbox/message/opened-message.ts'
import type { CaseParts } from '../case-parts.ts'
import type { FiledMove } from '../post/case-outbox.ts'
import type { KeptDocument, SubmissionEnded } from '../record/case-event.ts'
import type { Kept } from '../record/case-reader.ts'
import type { SubmissionRow } from '../record/case-rows.ts'
import { SubmissionReader } from '../record/submission-reader.ts'

/** The way into the log. */
export interface Submitter {
  submit(statement: Uint8Array): Promise<{ readonly index: number }>
  /** Whether a document is here. */
  hasDocument(digest: string): boolean
  putDocument(digest: string, content: Uint8Array): Promise<void>
}

/** A statement and the documents it brings, to be submitted at a time. */
export interface Prepared {
  readonly statement: Uint8Array
  readonly documents: readonly { readonly mediaType: string; readonly content: Uint8Array }[]
  /** Of a move of a private case: what opens its sealed fields. */
  readonly fields: readonly SealedField[]
  /** Seconds since the epoch. */
  readonly due: number
}

/** Waiting submissions of one party, and bytes of the documents of one. */
const waitingMost = 256
export const submissionBytes = 16 * 1024 * 1024

/** How long an idle loop sleeps, and how soon something that failed is tried again, in seconds. */
const idle = 3600
const afterFailure = 5

/** While something waits the clock is looked at so often, in seconds: a machine sleeps at times, and its clock is set. */
const lookEvery = 15

type FileMove = (party: string, move: Uint8Array, fields: readonly SealedField[]) => Promise<FiledMove>

/**
 * Statements that were prepared and signed beforehand: each lies sealed in the vault of its party and enters the log at its
 * minute, or goes to the seat of its case; after a restart too, and late where the node was not running.
 */
export class Submissions {
  readonly #parts: CaseParts & { readonly wake: () => void }
  readonly #reader: SubmissionReader
  readonly #submitter: Submitter
  readonly #fileMove: FileMove

  constructor(parts: CaseParts & { readonly wake: () => void }, submitter: Submitter, fileMove: FileMove) {
    this.#parts = parts
    this.#reader = new SubmissionReader(parts.desk)
    this.#submitter = submitter
    this.#fileMove = fileMove
  }

  /**
   * Keeps a statement until its minute. Everything about it is checked that does not depend on the log as it will be.
   *
   * Errors: StatementError; `not-yours`, `unknown-author`, `not-home`, `missing-document`, `document-too-large`, `too-many`.
   */
  async prepare(party: string, { statement: bytes, documents, fields, due }: Prepared): Promise<SubmissionRow> {
    const statement = decodeStatement(bytes, crypto)
    await this.#check(party, statement)
    const size = documents.reduce((sum, { content }) => sum + content.length, 0)
    if (size > submissionBytes)
      throw new NodeError('document-too-large', `a submission brings at most ${submissionBytes} bytes of documents`)
    const { desk, reader, now } = this.#parts
    const row = await desk.write(async (pen) => {
      const at = now()
      const { keyId, opening } = await pen.host(party, at)
      if (opening.length > 0) await pen.record(opening)
      const partition = reader.partitionOf(party)
      if (partition === undefined) throw new NodeError('storage-failed', 'a partition was opened and is not there')
      const waiting = this.#reader.all(partition).filter((each) => each.row.state === 'waiting')
      if (waiting.length >= waitingMost)
        throw new NodeError('too-many', `${waitingMost} submissions wait already: cancel some of them first`)
      const kept: KeptDocument[] = []
      for (const { mediaType, content } of documents) {
        const digest = `sha256:${sha256Hex(content)}`
        kept.push({ digest, size: content.length, mediaType, blob: await desk.blobs.putSealed(keyId, content) })
      }
      this.#requireDocuments(statement, kept)
      const id = Buffer.from(randomBytes(16)).toString('hex')
      const event = {
        type: 'submission',
        id,
        statement: Buffer.from(statement.leaf).toString('base64url'),
        documents: kept,
        ...(fields.length === 0 ? {} : { fields }),
        due,
        at,
      } as const
      await pen.record([{ keyId, event }])
      return this.#find(partition, id).row
    })
    this.#parts.wake()
    return row
  }

  /** Of a party, the last that was prepared first. */
  list(party: string): readonly SubmissionRow[] {
    const partition = this.#parts.reader.partitionOf(party)
    return partition === undefined ? [] : this.#reader.all(partition).map(({ row }) => row)
  }

  /** Throws `unknown-submission`, also for one that has entered the log. */
  async cancel(party: string, id: string): Promise<void> {
    const { desk, reader, now } = this.#parts
    await desk.write(async (pen) => {
      const partition = reader.partitionOf(party)
      const { row } = partition === undefined ? unknown() : this.#find(partition, id)
      if (partition === undefined || row.state !== 'waiting') throw unknown()
      await pen.record([{ keyId: partition.keyId, event: ended(row, { state: 'cancelled' }, now()) }])
    })
  }

  /** Submits what is due. Resolves with when it wants to be called next. */
  async step(now: number): Promise<number> {
    let next = now + idle
    for (const each of this.#reader.waiting()) {
      if (each.row.due > now) return Math.min(next, each.row.due, now + lookEvery)
      if (!(await this.#submit(each.partition, each, now))) next = now + afterFailure
    }
    return next
  }

  /** Whether it is over. What fails for want of something passing is tried again. */
  async #submit(partition: Partition, { record, row }: Kept<SubmissionRow>, now: number): Promise<boolean> {
    const content = this.#reader.content(record)
    if (content === undefined) return true
    const { desk } = this.#parts
    const statement = Buffer.from(content.statement, 'base64url')
    let outcome: Pick<SubmissionEnded, 'state' | 'index' | 'code' | 'detail'>
    try {
      if (isPrivate(decodeStatement(statement, crypto))) {
        await this.#fileMove(partition.party, statement, content.fields ?? [])
        outcome = { state: 'registered' }
      } else {
        for (const { digest, blob } of content.documents) {
          if (!this.#submitter.hasDocument(digest))
            await this.#submitter.putDocument(digest, desk.blobs.getSealed(partition.keyId, blob))
        }
        const { index } = await this.#submitter.submit(statement)
        outcome = { state: 'registered', index }
      }
    } catch (error) {
      const reason = error instanceof Refused ? error.reason : error
      if (!(reason instanceof NodeError || reason instanceof StatementError)) throw error
      if (passing.has(reason.code)) return false
      outcome = { state: 'refused', code: reason.code, detail: reason.message.slice(0, 1000) }
    }
    await desk.write(async (pen) => {
      if (this.#find(partition, row.id).row.state !== 'waiting') return
      await pen.record([{ keyId: partition.keyId, event: ended(row, outcome, now) }])
    })
    return true
  }

  async #check(party: string, statement: Statement): Promise<void> {
    const { directory, origin } = this.#parts
    readPayload(statement)
    if (statement.iss !== party)
      throw new NodeError('not-yours', 'the statement is by another party than the token is for')
    const author = directory.find(party)
    if (author === undefined)
      throw new NodeError('unknown-author', `${party} has no party statement that is known here`)
    if (author.state.home !== origin)
      throw new NodeError(
        'not-home',
        `${party} is at home in ${author.state.home}: prepare it there, this is ${origin}`,
      )
    await checkSigner(statement, author)
  }

  #requireDocuments(statement: Statement, kept: readonly KeptDocument[]): void {
    for (const { digest, size } of documentsOf(readPayload(statement))) {
      const given = kept.find((each) => each.digest === digest)
      if (given === undefined && !this.#submitter.hasDocument(digest))
        throw new NodeError('missing-document', `the document ${digest} is not here: send it with the statement`)
      if (given !== undefined && given.size !== size)
        throw new NodeError(
          'digest-mismatch',
          `the document ${digest} has ${given.size} bytes, the statement says ${size}`,
        )
    }
  }

  #find(partition: Partition, id: string): Kept<SubmissionRow> {
    return this.#reader.find(partition, id) ?? unknown()
  }
}

/** Refusals of a moment: the node is full, stopping or cannot write. */
const passing: ReadonlySet<string> = new Set(['too-many-requests', 'closed', 'storage-failed', 'frozen', 'missing-key'])

function ended(
  { id, documents }: SubmissionRow,
  outcome: Pick<SubmissionEnded, 'state' | 'index' | 'code' | 'detail'>,
  at: number,
): SubmissionEnded {
  return { type: 'submission-ended', id, ...outcome, blobs: documents.map(({ blob }) => blob), at }
}

/** Whether a statement goes to the seat of a private case and into no log. */
function isPrivate(statement: Statement): boolean {
  return statement.kind === 'move' && procedureOf(readPayloadAs(statement, 'move').procedure).visibility !== 'public'
}

function unknown(): never {
  throw new NodeError('unknown-submission', 'the vault of this party has no such submission that waits')
}
