/** The peer of the match index: one row for each component, with an index over package and version. */
import { type Outcome, type Rule, evaluateRule } from '@comity/exposure'
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Drawn } from './population.ts'

/** Inventories in a transaction. */
const inventoriesAtOnce = 1000

export class PlainTable {
  readonly #path: string
  readonly #database: DatabaseSync

  constructor(path: string) {
    this.#path = path
    this.#database = new DatabaseSync(path)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;
      CREATE TABLE component (inventory TEXT NOT NULL, package TEXT NOT NULL, version TEXT NOT NULL);
      CREATE INDEX component_package ON component (package, version);`)
  }

  /** Milliseconds that it took beside the making of the inventories. */
  load(inventories: Iterable<readonly [id: string, components: readonly Drawn[]]>): number {
    const insert = this.#database.prepare('INSERT INTO component (inventory, package, version) VALUES (?, ?, ?)')
    let milliseconds = 0
    let waiting = 0
    for (const [id, components] of inventories) {
      const before = performance.now()
      if (waiting === 0) this.#database.exec('BEGIN')
      for (const { keys, version } of components) insert.run(id, keys[0] ?? '', version)
      waiting = (waiting + 1) % inventoriesAtOnce
      if (waiting === 0) this.#database.exec('COMMIT')
      milliseconds += performance.now() - before
    }
    const before = performance.now()
    if (waiting > 0) this.#database.exec('COMMIT')
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return milliseconds + performance.now() - before
  }

  /** How many inventories a rule concerns; each version is evaluated once. */
  list(rule: Rule): number {
    const outcomes = new Map<string, Outcome>()
    let concerned = 0
    const rows = this.#database.prepare('SELECT inventory, version FROM component WHERE package = ?').iterate(rule.key)
    for (const row of rows) {
      const version = String(row['version'])
      let outcome = outcomes.get(version)
      if (outcome === undefined) outcomes.set(version, (outcome = evaluateRule(rule, version)))
      if (outcome.state === 'affected' && String(row['inventory']) !== '') concerned += 1
    }
    return concerned
  }

  bytes(): number {
    return statSync(this.#path).size
  }

  close(): void {
    this.#database.close()
  }
}
