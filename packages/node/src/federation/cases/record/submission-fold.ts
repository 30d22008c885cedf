import { decodeStatement } from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import type { Database } from '../../../register/database.ts'
import type { Partition } from '../../../vault/partition.ts'
import type { SubmissionEnded, SubmissionPrepared } from './case-event.ts'
import type { CaseFoldParts } from './case-fold.ts'
import { type SubmissionRow, caseRowPlace } from './case-rows.ts'

/** The rows of statements that are submitted later. */
export class SubmissionFold {
  readonly #database: Database
  readonly #blobs: CaseFoldParts['truth']['blobs']

  constructor({ database, truth }: CaseFoldParts) {
    this.#database = database
    this.#blobs = truth.blobs
  }

  prepare(event: SubmissionPrepared, partition: Partition | undefined, seq: number): void {
    if (partition === undefined) return
    const { id, documents, due, at } = event
    const { id: statement, kind, sub } = decodeStatement(Buffer.from(event.statement, 'base64url'), crypto)
    const row: SubmissionRow = { id, due, at, statement, kind, sub, documents, state: 'waiting' }
    this.#database
      .prepare('INSERT INTO submission (submission, partition, tag, waiting, sealed) VALUES (?, ?, ?, 1, ?)')
      .run(seq, partition.number, partition.tag('submission', id), partition.seal(caseRowPlace.submission(seq), row))
    const name = this.#database.prepare('INSERT INTO submission_blob (submission, blob) VALUES (?, ?)')
    for (const { blob } of documents) name.run(seq, blob)
  }

  async end(event: SubmissionEnded, partition: Partition | undefined): Promise<void> {
    const { id, state, at: endedAt, index, code, detail, blobs } = event
    for (const blob of blobs) await this.#blobs.deleteSealed(blob)
    const found = partition && this.#find(partition, id)
    if (partition === undefined || found === undefined) return
    const { number, row } = found
    const next: SubmissionRow = {
      ...row,
      state,
      endedAt,
      ...(index === undefined ? {} : { index }),
      ...(code === undefined ? {} : { code }),
      ...(detail === undefined ? {} : { detail }),
    }
    this.#database
      .prepare('UPDATE submission SET waiting = 0, sealed = ? WHERE submission = ?')
      .run(partition.seal(caseRowPlace.submission(number), next), number)
    this.#database.prepare('DELETE FROM submission_blob WHERE submission = ?').run(number)
  }

  #find(partition: Partition, id: string): { readonly number: number; readonly row: SubmissionRow } | undefined {
    const row = this.#database
      .prepare('SELECT submission, sealed FROM submission WHERE tag = ?')
      .get(partition.tag('submission', id))
    if (row === undefined) return undefined
    const number = Number(row['submission'])
    return { number, row: partition.open<SubmissionRow>(caseRowPlace.submission(number), row['sealed']) }
  }
}
