import { StoreError } from '@comity/store'
import type { Partition } from '../../../vault/partition.ts'
import type { Database } from '../../../register/database.ts'
import type { CaseErasure } from '../../cases/record/case-erasure.ts'
import { decodeChunkList } from '../attachments/chunk-list.ts'
import type { CorrespondenceErased } from './inbox-event.ts'
import type { InboxFoldParts } from './inbox-fold.ts'

/** How what is sealed ends: keys first, then rows and blobs. */
export class InboxErasure {
  readonly #database: Database
  readonly #truth: InboxFoldParts['truth']

  readonly #cases: CaseErasure

  constructor({ database, truth }: Pick<InboxFoldParts, 'database' | 'truth'>, cases: CaseErasure) {
    this.#database = database
    this.#truth = truth
    this.#cases = cases
  }

  /**
   * Ends the keys of all correspondences and private cases of a partition, and its seal keys. To be called before the partition's own key
   * ends: without that, a rebuild would not know which they are.
   */
  async endKeysOf(partition: number): Promise<readonly string[]> {
    const correspondences = this.#database
      .prepare('SELECT key, correspondence FROM correspondence WHERE partition = ? ORDER BY correspondence')
      .all(partition)
    const blobs = correspondences.flatMap((row) => this.#blobsOf(String(row['key']), Number(row['correspondence'])))
    const sealKeys = this.#database.prepare('SELECT key FROM seal_key WHERE partition = ?').all(partition)
    for (const row of [...correspondences, ...sealKeys]) await this.#truth.keyring.destroy(String(row['key']))
    return [...blobs, ...(await this.#cases.endKeysOf(partition))]
  }

  /** Removes the rows of a partition, and blobs that are nobody else's. */
  async removePartition(partition: number, blobs: readonly string[]): Promise<void> {
    for (const table of ['link', 'attachment', 'message', 'correspondence', 'erased_correspondence', 'seal_key']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE partition = ?`).run(partition)
    }
    this.#cases.removePartition(partition)
    for (const blob of blobs) await this.#truth.blobs.deleteSealed(blob)
  }

  /** The key first: whatever fails after it, what is left says nothing, and the next catch-up goes on. */
  async correspondence({ correspondence, key }: CorrespondenceErased, partition: Partition | undefined): Promise<void> {
    const row = this.#database.prepare('SELECT correspondence FROM correspondence WHERE key = ?').get(key)
    const number = row === undefined ? -1 : Number(row['correspondence'])
    const blobs = this.#blobsOf(key, number)
    await this.#truth.keyring.destroy(key)
    for (const table of ['link', 'attachment']) {
      this.#database
        .prepare(`DELETE FROM ${table} WHERE message IN (SELECT message FROM message WHERE correspondence = ?)`)
        .run(number)
    }
    for (const table of ['message', 'correspondence']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE correspondence = ?`).run(number)
    }
    if (partition !== undefined) {
      this.#database
        .prepare('INSERT INTO erased_correspondence (tag, partition) VALUES (?, ?) ON CONFLICT DO NOTHING')
        .run(partition.tag('correspondence', correspondence), partition.number)
    }
    for (const blob of blobs) await this.#truth.blobs.deleteSealed(blob)
  }

  /** Sealed blobs of a correspondence: lists, links, and the chunks that no other attachment names. */
  #blobsOf(key: string, correspondence: number): string[] {
    const lists = this.#database
      .prepare(
        `SELECT attachment.list AS list, attachment.blob AS blob FROM attachment JOIN message USING (message)
         WHERE message.correspondence = ? AND blob IS NOT NULL`,
      )
      .all(correspondence)
    const links = this.#database
      .prepare('SELECT blob FROM link JOIN message USING (message) WHERE message.correspondence = ?')
      .all(correspondence)
    const others = this.#database.prepare(
      `SELECT count(*) AS n FROM attachment JOIN message USING (message)
       WHERE attachment.list = ? AND message.correspondence <> ?`,
    )
    const chunks = lists.flatMap((row) =>
      Number(others.get(bytesOf(row['list']), correspondence)?.['n']) > 0
        ? []
        : this.#chunksIn(key, String(row['blob'])),
    )
    return [...links, ...lists].map((row) => String(row['blob'])).concat(chunks)
  }

  #chunksIn(key: string, blob: string): readonly string[] {
    try {
      return decodeChunkList(this.#truth.blobs.getSealed(key, blob)).chunks
    } catch (error) {
      // Begun before and cut short: the key or the list is gone, and the daily sweep finds what nobody names.
      if (error instanceof StoreError) return []
      throw error
    }
  }
}

function bytesOf(column: unknown): Uint8Array {
  // Safe: the schema declares the column as BLOB NOT NULL.
  return column as Uint8Array
}
