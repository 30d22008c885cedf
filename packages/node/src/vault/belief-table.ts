import type { Database } from '../register/database.ts'
import type { Belief } from './belief.ts'
import type { Partition } from './partition.ts'

/** The suppliers that parties believe, each sealed under the key of its party and found by a tag of its own. */
export class BeliefTable {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** In the order in which they were first believed. */
  of(partition: Partition): readonly Belief[] {
    return this.#database
      .prepare('SELECT belief, sealed FROM belief WHERE partition = ? ORDER BY belief')
      .all(partition.number)
      .map((row) => partition.open<Belief>(placeOfBelief(Number(row['belief'])), row['sealed']))
  }

  /** Puts one in the place of what was believed of this supplier; `number` is that of the record. */
  put(partition: Partition, belief: Belief, number: number): void {
    const tag = partition.tag('supplier', belief.supplier)
    const row = this.#database
      .prepare('SELECT belief FROM belief WHERE partition = ? AND supplier = ?')
      .get(partition.number, tag)
    const place = row === undefined ? number : Number(row['belief'])
    this.#database
      .prepare(
        `INSERT INTO belief (belief, partition, supplier, sealed) VALUES (?, ?, ?, ?)
         ON CONFLICT (belief) DO UPDATE SET sealed = excluded.sealed`,
      )
      .run(place, partition.number, tag, partition.seal(placeOfBelief(place), belief))
  }

  remove(partition: Partition, supplier: string): void {
    this.#database
      .prepare('DELETE FROM belief WHERE partition = ? AND supplier = ?')
      .run(partition.number, partition.tag('supplier', supplier))
  }

  removeOf(partition: number): void {
    this.#database.prepare('DELETE FROM belief WHERE partition = ?').run(partition)
  }
}

/** What the sealed column of a row is bound to. */
export function placeOfBelief(belief: number): string {
  return `belief ${belief}`
}
