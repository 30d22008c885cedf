import {
  AssessmentError,
  type AdherenceFact,
  type AdvisoryFact,
  type Cut,
  type DocumentState,
  type Facts,
  type PartyFact,
  type ProductFact,
  type Ref,
  type ReleaseFact,
  compareAcknowledgements,
  compareAdvisories,
  compareProducts,
  compareReleases,
} from '@comity/assessment'
import type { InstrumentId, PartyType } from '@comity/instruments'
import type { Database } from './database.ts'
import { indexOf, logOf, positionOf } from './position.ts'
import { positionsPerLog } from './schema.ts'

/** At most this many acknowledgements are looked at for one advisory. */
const toldLimit = 16

type Row = Record<string, unknown>

/**
 * The register as of a cut, in the shape that assessment reads.
 *
 * Nothing is copied: every question is one indexed query that looks only at positions below the cut. `stored` says
 * whether the bytes of a document are here; an auditor answers from what it fetched and checked.
 */
export class RegisterFacts implements Facts {
  readonly #database: Database
  readonly #ends: ReadonlyMap<number, number>
  readonly #origins: ReadonlyMap<number, string>
  readonly #stored: (digest: string) => boolean
  readonly #hasCompromise: boolean
  readonly #hasWithholding: boolean
  readonly #hasLate: boolean

  constructor(database: Database, cut: Cut, stored: (digest: string) => boolean) {
    this.#database = database
    this.#stored = stored
    const ends = new Map<number, number>()
    const origins = new Map<number, string>()
    for (const row of database.prepare('SELECT log, origin FROM log').all()) {
      const log = Number(row['log'])
      const prefix = cut.find((each) => each.origin === row['origin'])
      origins.set(log, String(row['origin']))
      if (prefix !== undefined) ends.set(log, positionOf(log, prefix.size))
    }
    this.#ends = ends
    this.#origins = origins
    this.#hasCompromise = database.prepare('SELECT 1 FROM compromise LIMIT 1').get() !== undefined
    this.#hasLate = database.prepare('SELECT 1 FROM entry WHERE effective <> position LIMIT 1').get() !== undefined
    this.#hasWithholding = database.prepare('SELECT 1 FROM withholding LIMIT 1').get() !== undefined
  }

  party(urn: string): PartyFact | undefined {
    const row = this.#database.prepare('SELECT party, founded FROM party WHERE urn = ?').get(urn)
    if (row === undefined) return undefined
    const end = this.#endAt(Number(row['founded']))
    // A party whose home log is not in the cut is known by name; assessment says `unseen`.
    const state = this.#database
      .prepare('SELECT state FROM party_version WHERE party = ? AND position < ? ORDER BY position DESC LIMIT 1')
      .get(row['party'] as number, end)
    if (state === undefined) return undefined
    const { type, home }: { type: PartyType; home: string } = JSON.parse(String(state['state']))
    return { urn, type, home }
  }

  *bound(): Iterable<string> {
    const rows = this.#database
      .prepare(
        'SELECT urn, min(effective) AS first FROM adherence JOIN party USING (party) GROUP BY party ORDER BY urn',
      )
      .all()
    for (const row of rows) if (Number(row['first']) < this.#endAt(Number(row['first']))) yield String(row['urn'])
  }

  adherence(urn: string, instrument: InstrumentId): AdherenceFact | undefined {
    const party = this.#numberOf(urn)
    const row = this.#latest(
      `${refColumns}, kind_row.form AS form, kind_row.withdrawn_after AS withdrawn_after, kind_row.payload AS payload
       FROM adherence kind_row ${refJoin}
       WHERE kind_row.party = :party AND kind_row.instrument = :instrument AND ${below} ORDER BY kind_row.effective DESC LIMIT 1`,
      { party, instrument },
    )[0]
    if (row === undefined) return undefined
    const payload: {
      declarations?: readonly { provision: string }[]
      reservations?: readonly { provision: string }[]
    } = JSON.parse(String(row['payload']))
    return {
      ref: this.#ref(row),
      form: row['form'] === 'support' ? 'support' : 'adherence',
      ...(row['withdrawn_after'] === null ? {} : { withdrawnAfter: Number(row['withdrawn_after']) }),
      declarations: (payload.declarations ?? []).map((each) => each.provision),
      reservations: (payload.reservations ?? []).map((each) => each.provision),
    }
  }

  products(urn: string, limit: number): readonly ProductFact[] {
    const party = this.#numberOf(urn)
    const ranksAll = this.#ranksAll(party)
    return this.#latest(
      `${refColumns}, kind_row.sub AS sub, kind_row.update_policy AS update_policy
       FROM product kind_row ${refJoin}
       WHERE kind_row.party = :party AND ${below} AND ${newestOf('product')}
       ORDER BY kind_row.effective DESC ${ranksAll ? '' : `LIMIT ${limit}`}`,
      { party },
    )
      .map((row) => ({ ref: this.#ref(row), sub: String(row['sub']), updatePolicy: row['update_policy'] === 1 }))
      .sort(compareProducts)
      .slice(0, limit)
  }

  releases(urn: string, limit: number): readonly ReleaseFact[] {
    const party = this.#numberOf(urn)
    const ranksAll = this.#ranksAll(party)
    const query = (condition: string) =>
      this.#latest(
        `${refColumns}, kind_row.sub AS sub, kind_row.sbom AS sbom
         FROM release kind_row ${refJoin}
         WHERE kind_row.party = :party AND ${below} AND ${newestOf('release')} ${condition}
         ORDER BY kind_row.effective DESC ${ranksAll ? '' : `LIMIT ${limit}`}`,
        { party },
      )
    return this.#evidenceFirst(ranksAll ? undefined : limit, 'kind_row.sbom', query)
      .map((row) => ({ ref: this.#ref(row), sub: String(row['sub']), sbom: this.#document(String(row['sbom'])) }))
      .sort(compareReleases)
      .slice(0, limit)
  }

  advisories(urn: string, limit: number): readonly AdvisoryFact[] {
    const party = this.#numberOf(urn)
    // Whose words are contested ranks an advisory too, and those are other parties'.
    const ranksAll = this.#hasCompromise || this.#ranksAll(party)
    const newest = ranksAll ? '' : `LIMIT ${limit}`
    const columns = `${refColumns}, kind_row.sub AS sub, kind_row.document AS document, kind_row.position AS statement`
    const told = (condition: string) =>
      this.#latest(
        `${columns}
         FROM told CROSS JOIN advisory kind_row ON kind_row.effective = told.advisory ${refJoin}
         WHERE told.party = :party AND told.since < :end AND ${below} ${condition}
         ORDER BY told.advisory DESC ${newest}`,
        { party },
      )
    const untold = () =>
      this.#latest(
        `${columns}
         FROM advisory kind_row ${refJoin}
         WHERE kind_row.party = :party AND ${below}
           AND NOT EXISTS (SELECT 1 FROM told WHERE told.party = kind_row.party AND told.advisory = kind_row.effective AND told.since < :end)
         ORDER BY kind_row.effective DESC ${newest}`,
        { party },
      )
    const first = this.#evidenceFirst(ranksAll ? undefined : limit, 'kind_row.document', told)
    return [...first, ...(first.length < limit || ranksAll ? untold() : [])]
      .map((row) => ({
        ref: this.#ref(row),
        sub: String(row['sub']),
        document: this.#document(String(row['document'])),
        told: this.#told(Number(row['statement']), party),
      }))
      .sort(compareAdvisories)
      .slice(0, limit)
  }

  /** Rows whose document is present before those whose document is withheld; the latter only below the limit, if any. */
  #evidenceFirst(limit: number | undefined, column: string, query: (condition: string) => Row[]): readonly Row[] {
    if (!this.#hasWithholding) return query('')
    const present = query(`AND NOT ${isWithheld(column)}`)
    return limit !== undefined && present.length >= limit
      ? present
      : [...present, ...query(`AND ${isWithheld(column)}`)]
  }

  #told(advisory: number, publisher: number): readonly Ref[] {
    const ranksAll = this.#hasCompromise || this.#hasLate || this.#ends.size > 1
    return this.#latest(
      `${refColumns} FROM acknowledgement kind_row ${refJoin}
       WHERE kind_row.advisory = :advisory AND kind_row.party <> :publisher AND ${below}
       ORDER BY kind_row.effective DESC ${ranksAll ? '' : `LIMIT ${toldLimit}`}`,
      { advisory, publisher },
    )
      .map((row) => this.#ref(row))
      .sort(compareAcknowledgements)
      .slice(0, toldLimit)
  }

  /** Row number of a party; -1, which no row has, for one that is not here. */
  #numberOf(urn: string): number {
    return Number(this.#database.prepare('SELECT party FROM party WHERE urn = ?').get(urn)?.['party'] ?? -1)
  }

  /**
   * Once a party's key is compromised, whether a row is contested decides its rank, and so do the times of several logs.
   * What waited for approvals ranks by when it was registered, not by when it took effect. Then all of a party's rows
   * are ranked in memory. Until then the order of the table is the rank and the newest few do.
   */
  #ranksAll(party: number): boolean {
    return (
      this.#ends.size > 1 ||
      (this.#hasCompromise && this.#has('SELECT 1 FROM compromise WHERE party = ? LIMIT 1', party)) ||
      (this.#hasLate && this.#has('SELECT 1 FROM entry WHERE party = ? AND effective <> position LIMIT 1', party))
    )
  }

  #has(sql: string, party: number): boolean {
    return this.#database.prepare(sql).get(party) !== undefined
  }

  /** Runs a query for each log of the cut, between its first position and where the cut ends. */
  #latest(sql: string, parameters: Readonly<Record<string, string | number>>): Row[] {
    return [...this.#ends].flatMap(([log, end]) =>
      this.#database.prepare(`SELECT ${sql}`).all({ ...parameters, from: positionOf(log, 0), end }),
    )
  }

  #ref(row: Row): Ref {
    const position = Number(row['position'])
    return {
      origin: this.#origins.get(logOf(position)) ?? '',
      index: indexOf(position),
      // Safe: the column is a BLOB of 32 bytes.
      id: Buffer.from(row['id'] as Uint8Array).toString('hex'),
      kind: String(row['kind']),
      party: String(row['urn']),
      iat: Number(row['iat']),
      at: Number(row['at']),
      contested: this.#hasCompromise && this.#isContested(row),
    }
  }

  #isContested(row: Row): boolean {
    return this.#database
      .prepare('SELECT position FROM compromise WHERE party = ? AND kid = ? AND since <= ?')
      .all(row['party'] as number, String(row['kid']), Number(row['iat']))
      .some((mark) => Number(mark['position']) < this.#endAt(Number(mark['position'])))
  }

  #document(digest: string): DocumentState {
    const withheld = this.#database
      .prepare('SELECT effective FROM withholding WHERE digest = ?')
      .all(digest)
      .some((row) => Number(row['effective']) < this.#endAt(Number(row['effective'])))
    if (withheld) return 'withheld'
    if (this.#stored(digest.slice('sha256:'.length))) return 'present'
    throw new AssessmentError(
      'document-missing',
      `the document ${digest} is neither stored here nor withheld in the cut`,
    )
  }

  /** Where the cut ends in the log of a position; its start where the log is not in the cut. */
  #endAt(position: number): number {
    const log = logOf(position)
    return this.#ends.get(log) ?? log * positionsPerLog
  }
}

const refColumns = `entry.position AS position, entry.id AS id, entry.kind AS kind, entry.iat AS iat, entry.at AS at,
  party.urn AS urn, party.party AS party, signing_key.kid AS kid`

/** CROSS JOIN keeps SQLite from starting anywhere but at the indexed rows of the one kind. */
const refJoin = `CROSS JOIN entry ON entry.position = kind_row.position CROSS JOIN party ON party.party = entry.party
  CROSS JOIN signing_key ON signing_key.signing_key = entry.signing_key`

const below = 'kind_row.effective >= :from AND kind_row.effective < :end'

/** No later row about the same thing has taken effect within the cut. */
const newestOf = (table: string) =>
  `NOT EXISTS (SELECT 1 FROM ${table} later WHERE later.sub = kind_row.sub AND later.effective > kind_row.effective AND later.effective < :end)`

const isWithheld = (column: string) =>
  `EXISTS (SELECT 1 FROM withholding WHERE withholding.digest = ${column} AND withholding.effective >= :from AND withholding.effective < :end)`
