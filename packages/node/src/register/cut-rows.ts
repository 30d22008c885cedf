import type { Cut, Ref } from '@comity/assessment'
import { idText } from './by-id.ts'
import type { Database } from './database.ts'
import { indexOf, logOf, positionOf, rangeOf } from './position.ts'
import { stayAt } from './residence.ts'
import { Residences } from './residences.ts'

export type Row = Record<string, unknown>

/** Columns that {@link CutRows.ref} reads, of a kind's table as `kind_row` joined by {@link refJoin}. */
export const refColumns = `entry.position AS position, entry.id AS id, entry.kind AS kind, entry.iat AS iat, entry.at AS at,
  kind_row.effective AS effective, party.urn AS urn, signing_key.kid AS kid`

/** CROSS JOIN keeps SQLite from starting anywhere but at the indexed rows of the one kind. */
export const signerJoin = `CROSS JOIN party ON party.party = entry.party
  CROSS JOIN signing_key ON signing_key.signing_key = entry.signing_key`

/** The same from the row of a kind. */
export const refJoin = `CROSS JOIN entry ON entry.position = kind_row.position ${signerJoin}`

/** What a cut says about single rows: where they stand, whether they count, are contested, or have lost their document. */
export class CutRows {
  readonly residences: Residences
  readonly #database: Database
  readonly #ends = new Map<number, number>()
  readonly #origins = new Map<number, string>()
  readonly #hasCompromise: boolean
  readonly #hasWithholding: boolean

  constructor(database: Database, cut: Cut) {
    this.#database = database
    for (const row of database.prepare('SELECT log, origin FROM log').all()) {
      const log = Number(row['log'])
      const prefix = cut.find((each) => each.origin === row['origin'])
      this.#origins.set(log, String(row['origin']))
      if (prefix !== undefined) this.#ends.set(log, positionOf(log, prefix.size))
    }
    this.residences = new Residences(database, { origins: this.#origins, end: (log) => this.#ends.get(log) })
    this.#hasCompromise = database.prepare('SELECT 1 FROM compromise LIMIT 1').get() !== undefined
    this.#hasWithholding = database.prepare('SELECT 1 FROM withholding LIMIT 1').get() !== undefined
  }

  /** Numbers of the logs that are in the cut. */
  get logs(): readonly number[] {
    return [...this.#ends.keys()]
  }

  originOf(position: number): string {
    return this.#origins.get(logOf(position)) ?? ''
  }

  /** Where the cut ends in the log of a position; its start where the log is not in the cut. */
  endAt(position: number): number {
    const log = logOf(position)
    return this.#ends.get(log) ?? rangeOf(log).from
  }

  /** Whether what a party stated counts in findings. */
  counts(urn: string, effective: number): boolean {
    return this.residences.counts(urn, effective)
  }

  ref(row: Row): Ref {
    const position = Number(row['position'])
    return {
      origin: this.originOf(position),
      index: indexOf(position),
      id: idText(row['id']),
      kind: String(row['kind']),
      party: String(row['urn']),
      iat: Number(row['iat']),
      at: Number(row['at']),
      contested: this.#hasCompromise && this.#isContested(row),
    }
  }

  /**
   * Whether a document that a statement cites is withheld: in the statement's own log, or by its author wherever that is
   * at home. What another log withholds takes nothing from this one.
   */
  isWithheld(digest: string, { urn, position }: Row): boolean {
    if (!this.#hasWithholding) return false
    return this.#database
      .prepare(
        `SELECT withholding.effective AS effective, urn FROM withholding
         CROSS JOIN entry ON entry.position = withholding.position CROSS JOIN party USING (party) WHERE digest = ?`,
      )
      .all(digest)
      .some((each) => {
        const effective = Number(each['effective'])
        const concerns = logOf(effective) === logOf(Number(position)) || each['urn'] === urn
        return concerns && this.residences.counts(String(each['urn']), effective)
      })
  }

  /** A party says which of its keys were in other hands where it is at home; that holds for all that they signed. */
  #isContested(row: Row): boolean {
    const urn = String(row['urn'])
    const residence = this.residences.of(urn)
    if (residence === undefined) return false
    return this.#database
      .prepare(
        'SELECT position FROM party CROSS JOIN compromise USING (party) WHERE urn = ? AND kid = ? AND since <= ?',
      )
      .all(urn, String(row['kid']), Number(row['iat']))
      .some((mark) => stayAt(residence, Number(mark['position'])) !== undefined)
  }
}
