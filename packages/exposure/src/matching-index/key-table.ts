import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** The keys under which components and rules meet, each with a number. */
export class KeyTable {
  readonly #find: StatementSync
  readonly #insert: StatementSync
  readonly #insertAll: StatementSync
  readonly #findAll: StatementSync
  readonly #text: StatementSync
  readonly #dropUnused: StatementSync

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT key FROM indexed_key WHERE text = ?')
    this.#insert = database.prepare('INSERT INTO indexed_key (text) VALUES (?)')
    this.#insertAll = database.prepare('INSERT INTO indexed_key (text) SELECT value FROM json_each(?)')
    this.#findAll = database.prepare(
      `SELECT json_group_array(known.key) AS keys
       FROM json_each(?) AS wanted LEFT JOIN indexed_key AS known ON known.text = wanted.value`,
    )
    this.#text = database.prepare('SELECT text FROM indexed_key WHERE key = ?')
    this.#dropUnused = database.prepare(
      `DELETE FROM indexed_key WHERE key = ?1 AND NOT EXISTS (SELECT 1 FROM indexed_item WHERE key = ?1)
       AND NOT EXISTS (SELECT 1 FROM indexed_item_other WHERE key = ?1)
       AND NOT EXISTS (SELECT 1 FROM indexed_rule_key WHERE key = ?1)`,
    )
  }

  find(text: string): number | undefined {
    const key = this.#find.get(text)?.['key']
    return key === undefined ? undefined : Number(key)
  }

  /** Its number, given now where it has none. */
  numberOf(text: string): number {
    return this.find(text) ?? Number(this.#insert.run(text).lastInsertRowid)
  }

  /** The numbers of different keys, in their order: for many at once, without a statement for each. */
  numbersOf(texts: readonly string[]): readonly number[] {
    const known: readonly (number | null)[] = JSON.parse(String(this.#findAll.get(JSON.stringify(texts))?.['keys']))
    const fresh = texts.filter((_, i) => known[i] === null)
    if (fresh.length === 0) return known.map(Number)
    // SQLite counts on from the highest number there is.
    let next = Number(this.#insertAll.run(JSON.stringify(fresh)).lastInsertRowid) - fresh.length + 1
    return known.map((key) => key ?? next++)
  }

  text(key: number): string {
    return String(this.#text.get(key)?.['text'])
  }

  dropUnused(key: number): void {
    this.#dropUnused.run(key)
  }
}
