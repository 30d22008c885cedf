import type { Database } from './database.ts'

/** Hears whose findings may have changed. */
export interface StaleParties {
  /** The findings of this party, by URN, have to be computed again. */
  mark(party: string): void
  /** Everybody's have: another set of logs counts. */
  markAll(): void
  /** To be called after a rollback: what was marked since the transaction began is forgotten. */
  reread(): void
}

/** For whoever keeps no findings, as an audit. */
export const nobodyAsks: StaleParties = { mark() {}, markAll() {}, reread() {} }

/** The table `stale`, with its rows in memory: most statements come from a party that is marked already. */
export class Stale implements StaleParties {
  readonly #database: Database
  readonly #parties = new Set<string>()

  constructor(database: Database) {
    this.#database = database
    this.reread()
  }

  /** URNs of those that are marked. */
  get parties(): readonly string[] {
    return [...this.#parties]
  }

  mark(party: string): void {
    if (this.#parties.has(party)) return
    this.#parties.add(party)
    this.#database.prepare('INSERT INTO stale (urn) VALUES (?) ON CONFLICT DO NOTHING').run(party)
  }

  markAll(): void {
    const rows = this.#database.prepare('SELECT DISTINCT urn FROM adherence CROSS JOIN party USING (party)').all()
    for (const row of rows) this.mark(String(row['urn']))
  }

  /** Takes the mark from the table. In memory it stays until {@link forget}, when the transaction is through. */
  renewed(party: string): void {
    this.#database.prepare('DELETE FROM stale WHERE urn = ?').run(party)
  }

  forget(parties: readonly string[]): void {
    for (const party of parties) this.#parties.delete(party)
  }

  reread(): void {
    this.#parties.clear()
    for (const row of this.#database.prepare('SELECT urn FROM stale').all()) this.#parties.add(String(row['urn']))
  }
}
