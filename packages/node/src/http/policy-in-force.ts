import type { PolicyPayload } from '@comity/statement'
import type { ComityNode } from '../node.ts'
import type { Database } from '../register/database.ts'
import { idText } from '../register/by-id.ts'
import { indexOf, rangeOf } from '../register/position.ts'

/** The filing policy and where it stands in the log. */
export interface StandingPolicy {
  readonly id: string
  readonly index: number
  readonly policy: PolicyPayload
}

/** The policy that counts for the next entry, kept at hand because every filing asks for it. */
export class PolicyInForce {
  readonly #reader: Database
  #standing: StandingPolicy | undefined
  #effective = -1

  constructor(node: ComityNode) {
    this.#reader = node.reader
    this.#look()
  }

  /** To be called after each batch. */
  refresh(): void {
    this.#look()
  }

  get standing(): StandingPolicy | undefined {
    return this.#standing
  }

  get policy(): PolicyPayload | undefined {
    return this.#standing?.policy
  }

  #look(): void {
    const newest = this.#reader
      .prepare('SELECT max(effective) AS effective FROM policy WHERE effective < ?')
      .get(rangeOf(0).to)?.['effective']
    if (typeof newest !== 'number' || newest === this.#effective) return
    const row = this.#reader
      .prepare(
        'SELECT policy.payload AS payload, entry.id AS id, position FROM policy JOIN entry USING (position) WHERE policy.effective = ?',
      )
      .get(newest)
    if (row === undefined) return
    this.#effective = newest
    this.#standing = {
      id: idText(row['id']),
      index: indexOf(Number(row['position'])),
      policy: JSON.parse(String(row['payload'])),
    }
  }
}
