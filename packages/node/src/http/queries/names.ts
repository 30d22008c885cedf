import type { CaseSummary } from '@comity/contract'
import type { Database } from '../../register/database.ts'
import type { Sight } from '../../register/sight.ts'
import { jsonOf } from './rows.ts'

type Named = CaseSummary['opener']

/**
 * Parties with their names, each looked up once for an answer: from where it is at home, else as copies have them; none
 * for one that no log knows here.
 */
export class Names {
  readonly #database: Database
  readonly #sight: Sight
  readonly #known = new Map<string, Named>()

  constructor(database: Database, sight: Sight) {
    this.#database = database
    this.#sight = sight
  }

  of(party: string): Named {
    const named = this.#known.get(party) ?? { party, names: this.#read(party) }
    this.#known.set(party, named)
    return named
  }

  #read(urn: string): Named['names'] {
    const party = this.#sight.lastStayOf(urn)?.party
    const row =
      party === undefined
        ? this.#database.prepare('SELECT names FROM party WHERE urn = ? ORDER BY party LIMIT 1').get(urn)
        : this.#database.prepare('SELECT names FROM party WHERE party = ?').get(party)
    return row === undefined ? [] : jsonOf<Named['names']>(row['names'])
  }
}
