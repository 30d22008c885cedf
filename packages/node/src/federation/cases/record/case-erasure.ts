import type { Database } from '../../../register/database.ts'
import type { Partition } from '../../../vault/partition.ts'
import type { PrivateCaseErased } from './case-event.ts'
import type { CaseFoldParts } from './case-fold.ts'

const ofCases = ['case_mail', 'case_order', 'case_move', 'private_case'] as const

/** How private cases end in a vault: keys first, then rows and blobs. */
export class CaseErasure {
  readonly #database: Database
  readonly #truth: CaseFoldParts['truth']

  constructor({ database, truth }: Pick<CaseFoldParts, 'database' | 'truth'>) {
    this.#database = database
    this.#truth = truth
  }

  /**
   * Ends the keys of all cases of a partition; returns the sealed blobs that go with it. To be called before the
   * partition's own key ends: without that, a rebuild would not know which they are.
   */
  async endKeysOf(partition: number): Promise<readonly string[]> {
    const keys = this.#database.prepare('SELECT key FROM private_case WHERE partition = ?').all(partition)
    const blobs = this.#database
      .prepare('SELECT blob FROM submission_blob JOIN submission USING (submission) WHERE partition = ?')
      .all(partition)
    for (const row of keys) await this.#truth.keyring.destroy(String(row['key']))
    return blobs.map((row) => String(row['blob']))
  }

  /** Removes the rows of a partition. */
  removePartition(partition: number): void {
    this.#database
      .prepare(
        'DELETE FROM submission_blob WHERE submission IN (SELECT submission FROM submission WHERE partition = ?)',
      )
      .run(partition)
    for (const table of [...ofCases, 'erased_case', 'submission']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE partition = ?`).run(partition)
    }
  }

  /** The key first: whatever fails after it, what is left says nothing, and the next catch-up goes on. */
  async case({ case: urn, key }: PrivateCaseErased, partition: Partition | undefined): Promise<void> {
    const row = this.#database.prepare('SELECT private_case FROM private_case WHERE key = ?').get(key)
    const number = row === undefined ? -1 : Number(row['private_case'])
    await this.#truth.keyring.destroy(key)
    for (const table of ofCases) this.#database.prepare(`DELETE FROM ${table} WHERE private_case = ?`).run(number)
    if (partition === undefined) return
    this.#database
      .prepare('INSERT INTO erased_case (tag, partition) VALUES (?, ?) ON CONFLICT DO NOTHING')
      .run(partition.tag('case', urn), partition.number)
  }
}
