import type { View } from '@comity/store'
import type { Database } from '../register/database.ts'
import { type PartyTree, readTree, type Unlisted } from './tree.ts'

/** Trees of so many parties are kept ready. */
const kept = 32

/** A party's tree, and what of it is not listed. */
interface Ready {
  /** What all of it rests on. */
  readonly state: string
  readonly tree: PartyTree | undefined
  readonly unlisted: readonly Unlisted[]
}

const nothing: Ready = { state: '', tree: undefined, unlisted: [] }

/** The trees of parties, read again only when something that they rest on has changed. */
export class Trees {
  readonly #view: View
  readonly #register: Database
  readonly #ready = new Map<string, Ready>()

  constructor(view: View, register: Database) {
    this.#view = view
    this.#register = register
  }

  /** Undefined for a party that has no listed document. The same object until something changes. */
  of(party: string): PartyTree | undefined {
    return this.#read(party).tree
  }

  /** What of a party is not listed, in the order in which it took effect. */
  unlistedOf(party: string): readonly Unlisted[] {
    return this.#read(party).unlisted
  }

  /** Parties that have a listed document, by name, so that the order says nothing. */
  parties(): readonly string[] {
    return this.#partiesWhose('listed').filter((party) => this.of(party) !== undefined)
  }

  /** Parties that have CSAF documents, listed or not, by name. */
  publishers(): readonly string[] {
    return this.#partiesWhose('listed', 'refused')
  }

  #read(party: string): Ready {
    const [newest] = this.#view.prepare('SELECT max(effective) AS newest FROM advisory WHERE party = ?').all(party)
    // Nothing of a stranger, or of no party at all, is kept ready.
    if (typeof newest?.['newest'] !== 'number') return nothing
    const state = `${newest['newest']},${this.#stateOf(party)}`
    const known = this.#ready.get(party)
    if (known?.state === state) return known
    const ready = { state, ...readTree(this.#view, this.#register, party) }
    this.#ready.delete(party)
    this.#ready.set(party, ready)
    for (const oldest of this.#ready.keys()) {
      if (this.#ready.size <= kept) break
      this.#ready.delete(oldest)
    }
    return ready
  }

  #partiesWhose(...kinds: readonly string[]): readonly string[] {
    return this.#view
      .prepare(
        `SELECT DISTINCT party FROM advisory JOIN document USING (digest)
         WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY party`,
      )
      .all(JSON.stringify(kinds))
      .map((row) => String(row['party']))
  }

  /** Whatever changes a tree: its advisories here and elsewhere, where the party is at home, what is withheld. */
  #stateOf(party: string): string {
    const newest = (sql: string, ...values: readonly string[]): unknown =>
      Object.values(this.#register.prepare(sql).get(...values) ?? {})[0] ?? '-'
    return [
      newest(
        'SELECT max(effective) AS newest FROM advisory WHERE party IN (SELECT party FROM party WHERE urn = ?)',
        party,
      ),
      newest(
        'SELECT max(position) AS newest FROM party_version WHERE party IN (SELECT party FROM party WHERE urn = ?)',
        party,
      ),
      newest('SELECT count(*) AS newest FROM withholding'),
      newest('SELECT group_concat(followed) AS newest FROM log'),
    ].join()
  }
}
