import type { VaultDesk } from '../../../vault/desk.ts'
import type { Partition } from '../../../vault/partition.ts'
import type { SubmissionPrepared } from './case-event.ts'
import type { Kept } from './case-reader.ts'
import { type SubmissionRow, caseRowPlace } from './case-rows.ts'

/** Statements that are submitted later, as their parties' vaults hold them. */
export class SubmissionReader {
  readonly #desk: VaultDesk

  constructor(desk: VaultDesk) {
    this.#desk = desk
  }

  /** Of one party, the last that was prepared first. */
  all(partition: Partition): readonly Kept<SubmissionRow>[] {
    return this.#desk.view
      .prepare('SELECT submission, sealed FROM submission WHERE partition = ? ORDER BY submission DESC')
      .all(partition.number)
      .map((row) => open(partition, row))
  }

  find(partition: Partition, id: string): Kept<SubmissionRow> | undefined {
    const row = this.#desk.view
      .prepare('SELECT submission, sealed FROM submission WHERE tag = ?')
      .get(partition.tag('submission', id))
    return row === undefined ? undefined : open(partition, row)
  }

  /** Of all parties what has not been submitted, the next first. */
  waiting(): readonly (Kept<SubmissionRow> & { readonly partition: Partition })[] {
    return this.#desk.view
      .prepare(
        `SELECT submission, submission.sealed AS sealed, partition.id AS id FROM submission JOIN partition USING (partition)
         WHERE waiting = 1 ORDER BY submission`,
      )
      .all()
      .flatMap((row) => {
        const partition = this.#desk.partitions.byId(String(row['id']))
        return partition === undefined ? [] : [{ ...open(partition, row), partition }]
      })
      .sort((one, other) => one.row.due - other.row.due)
  }

  /** As the journal holds it; undefined once it is erased. */
  content(record: number): SubmissionPrepared | undefined {
    const { event } = this.#desk.journal.read(record)
    return event?.type === 'submission' ? event : undefined
  }
}

function open(partition: Partition, row: Readonly<Record<string, unknown>>): Kept<SubmissionRow> {
  const record = Number(row['submission'])
  return { record, row: partition.open<SubmissionRow>(caseRowPlace.submission(record), row['sealed']) }
}
