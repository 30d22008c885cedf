import {
  AssessmentError,
  type AdherenceFact,
  type AdvisoryFact,
  type CaseFact,
  type CasesAsked,
  type Cut,
  type DocumentState,
  type Facts,
  type PartyFact,
  type ProductFact,
  type Ref,
  type ReleaseFact,
  type SuppliedFact,
  compareAcknowledgements,
  compareAdvisories,
  compareProducts,
  compareReleases,
} from '@comity/assessment'
import type { InstrumentId, PartyType } from '@comity/instruments'
import { CaseFacts } from './case-facts.ts'
import { CutRows, type Row, refColumns, refJoin, signerJoin } from './cut-rows.ts'
import type { CutDocuments } from './cut-documents.ts'
import type { Database } from './database.ts'
import { type Ranking, first, firstRows } from './first-rows.ts'
import { ofParty } from './of-party.ts'
import { logOf, rangeOf } from './position.ts'
import type { Stay } from './residence.ts'
import { SupplyFacts } from './supply-facts.ts'
import { isSameThing, isThing, thingKey } from './thing.ts'

/** At most this many acknowledgements are looked at for one advisory. */
const toldLimit = 16

/** A fact together with its row, whose document is looked for only when the fact is among the first. */
interface Candidate<T> {
  readonly fact: T
  readonly row: Row
}

/**
 * The register as of a cut, in the shape that assessment reads.
 *
 * Nothing is copied: every question is an indexed query that looks only at positions below the cut, in the logs where
 * the party was at home. `documents` says which bytes are here; an auditor answers from what it fetched
 * and checked. Facts rest on no other row of the register than those of the cut: who knows more gets the same.
 */
export class RegisterFacts implements Facts {
  readonly #database: Database
  readonly #cut: CutRows
  readonly #cases: CaseFacts
  readonly #documents: CutDocuments
  readonly #supply: SupplyFacts

  constructor(database: Database, cut: Cut, documents: CutDocuments) {
    this.#database = database
    this.#cut = new CutRows(database, cut)
    this.#cases = new CaseFacts(database, this.#cut)
    this.#documents = documents
    this.#supply = new SupplyFacts(database, this.#cut, documents, (digest, row) =>
      this.#requireDocument('present', digest, row),
    )
  }

  party(urn: string): PartyFact | undefined {
    const residence = this.#cut.residences.of(urn)
    const last = residence?.stays.at(-1)
    if (residence === undefined || last === undefined) return undefined
    const row = this.#database
      .prepare('SELECT state FROM party_version WHERE party = ? AND position < ? ORDER BY position DESC LIMIT 1')
      .get(last.party, last.to)
    const { type }: { type: PartyType } = JSON.parse(String(row?.['state']))
    return { urn, type, home: residence.home }
  }

  *bound(): Iterable<string> {
    const rows = this.#database
      .prepare('SELECT DISTINCT urn FROM adherence CROSS JOIN party USING (party) ORDER BY urn')
      .all()
    for (const row of rows) {
      const urn = String(row['urn'])
      const hasSpoken = this.#cut.residences
        .of(urn)
        ?.stays.some((stay) =>
          this.#has('SELECT 1 FROM adherence WHERE party = ? AND effective >= ? AND effective < ?', ...bounds(stay)),
        )
      if (hasSpoken === true) yield urn
    }
  }

  adherence(urn: string, instrument: InstrumentId): AdherenceFact | undefined {
    for (const stay of this.#cut.residences.of(urn)?.stays.toReversed() ?? []) {
      const row = this.#database
        .prepare(
          `SELECT ${refColumns}, kind_row.form AS form, kind_row.withdrawn_after AS withdrawn_after, kind_row.payload AS payload
           FROM adherence kind_row ${refJoin}
           WHERE kind_row.party = ? AND kind_row.effective >= ? AND kind_row.effective < ? AND kind_row.instrument = ? ORDER BY kind_row.effective DESC LIMIT 1`,
        )
        .get(...bounds(stay), instrument)
      if (row !== undefined) return this.#adherenceOf(row)
    }
    return undefined
  }

  products(urn: string, limit: number): readonly ProductFact[] {
    const ranking: Ranking<ProductFact> = {
      read: (row) => ({
        ref: this.#cut.ref(row),
        sub: String(row['sub']),
        updatePolicy: row['update_policy'] === 1,
      }),
      compare: compareProducts,
      isBest: ({ ref, updatePolicy }) => updatePolicy && !ref.contested,
    }
    return this.#things(urn, 'product', 'kind_row.update_policy AS update_policy', limit, ranking)
  }

  releases(urn: string, limit: number): readonly ReleaseFact[] {
    const ranking: Ranking<Candidate<ReleaseFact>> = {
      read: (row) => ({
        row,
        fact: {
          ref: this.#cut.ref(row),
          sub: String(row['sub']),
          ...(row['sbom'] !== null && { sbom: this.#supposed(String(row['sbom']), row) }),
        },
      }),
      compare: (a, b) => compareReleases(a.fact, b.fact),
      isBest: ({ fact }) => fact.sbom === 'present' && !fact.ref.contested,
    }
    return this.#things(urn, 'release', 'kind_row.sbom AS sbom', limit, ranking).map(({ fact, row }) => {
      this.#requireDocument(fact.sbom, row['sbom'], row)
      return fact
    })
  }

  advisories(urn: string, limit: number): readonly AdvisoryFact[] {
    const candidates = this.#countingStays(urn).flatMap((stay) => this.#advisoriesOf(stay, limit))
    return first(candidates, limit, byFact).map(({ fact, row }) => {
      this.#requireDocument(fact.document, row['document'], row)
      return fact
    })
  }

  supplied(urn: string, limit: number): readonly SuppliedFact[] {
    return this.#supply.supplied(this.#countingStays(urn), limit)
  }

  notices(urn: string, limit: number): readonly Ref[] {
    return this.#supply.notices(this.#countingStays(urn), limit)
  }

  cases(urn: string, asked: CasesAsked, limit: number): readonly CaseFact[] {
    return this.#countingStays(urn).length === 0 ? [] : this.#cases.of(urn, asked, limit)
  }

  #adherenceOf(row: Row): AdherenceFact {
    const payload: {
      declarations?: readonly { provision: string }[]
      reservations?: readonly { provision: string }[]
    } = JSON.parse(String(row['payload']))
    return {
      ref: this.#cut.ref(row),
      form: row['form'] === 'support' ? 'support' : 'adherence',
      ...(row['withdrawn_after'] === null ? {} : { withdrawnAfter: Number(row['withdrawn_after']) }),
      declarations: (payload.declarations ?? []).map((each) => each.provision),
      reservations: (payload.reservations ?? []).map((each) => each.provision),
    }
  }

  /** The first products or releases, each as its latest statement in the cut has it. */
  #things<T>(
    urn: string,
    table: 'product' | 'release',
    columns: string,
    limit: number,
    ranking: Ranking<T>,
  ): readonly T[] {
    const stays = this.#countingStays(urn)
    const found = stays.flatMap((stay, i) => {
      const rows = this.#database
        .prepare(
          ofParty(table, {
            columns: `${refColumns}, kind_row.sub AS sub, ${columns}`,
            joins: signerJoin,
            condition: `NOT EXISTS (SELECT 1 FROM ${table} later
              WHERE ${isSameThing} AND later.effective > kind_row.effective AND later.effective < ?3)`,
          }),
        )
        .iterate(...bounds(stay))
      const later = stays.slice(i + 1)
      const latest = filter(rows, (row) => !later.some((each) => this.#isStatedIn(each, table, String(row['sub']))))
      return firstRows(latest, limit, ranking)
    })
    return first(found, limit, ranking.compare)
  }

  #isStatedIn({ from, to }: Stay, table: 'product' | 'release', sub: string): boolean {
    const stated = `SELECT 1 FROM ${table} kind_row WHERE ${isThing} AND effective >= ? AND effective < ?`
    return this.#has(stated, thingKey(sub), sub, from, to)
  }

  /** The first of one stay: those that others have acknowledged, and the rest where there is room for them. */
  #advisoriesOf(stay: Stay, limit: number): readonly Candidate<AdvisoryFact>[] {
    const told = firstRows(this.#toldAdvisories(stay), limit, {
      read: (row) => this.#advisoryOf(row, this.#told(row)),
      compare: byFact,
      isBest: ({ fact }) => hasFirmWord(fact) && fact.document === 'present' && !fact.ref.contested,
    })
    // An advisory that nobody acknowledged may rank like one whose document is withheld.
    const isAhead = ({ fact }: Candidate<AdvisoryFact>) =>
      fact.document === 'present' || (hasFirmWord(fact) && !fact.ref.contested)
    if (told.filter(isAhead).length >= limit) return told
    const newest = this.#database
      .prepare(ofParty('advisory', { columns: advisoryColumns, joins: signerJoin }))
      .iterate(...bounds(stay))
    const untold = filter(newest, (row) => !this.#isTold(stay, Number(row['effective'])))
    const rest = firstRows(untold, limit, {
      read: (row) => this.#advisoryOf(row, []),
      compare: byFact,
      isBest: ({ fact }) => !fact.ref.contested,
    })
    return [...told, ...rest]
  }

  #advisoryOf(row: Row, told: readonly Ref[]): Candidate<AdvisoryFact> {
    const document = this.#supposed(String(row['document']), row)
    return { row, fact: { ref: this.#cut.ref(row), sub: String(row['sub']), document, told } }
  }

  /** The advisories of a stay that another party has acknowledged in the cut, newest first. */
  *#toldAdvisories(stay: Stay): Generator<Row> {
    const next = this.#database.prepare(
      'SELECT max(advisory) AS advisory FROM told WHERE party = ? AND advisory >= ? AND advisory < ?',
    )
    const read = this.#database.prepare(
      `SELECT ${advisoryColumns} FROM advisory kind_row ${refJoin} WHERE kind_row.effective = ?`,
    )
    for (let before = stay.to; ;) {
      const advisory = next.get(stay.party, stay.from, before)?.['advisory']
      if (typeof advisory !== 'number') return
      const row = this.#isTold(stay, advisory) ? read.get(advisory) : undefined
      if (row !== undefined) yield row
      before = advisory
    }
  }

  /** Whether somebody else's word about an advisory counts. */
  #isTold({ party }: Stay, advisory: number): boolean {
    const words = this.#database
      .prepare(
        'SELECT since, urn FROM told CROSS JOIN party ON party.party = told.by WHERE told.party = ? AND advisory = ?',
      )
      .iterate(party, advisory)
    for (const word of words) if (this.#cut.residences.counts(String(word['urn']), Number(word['since']))) return true
    return false
  }

  /** The first acknowledgements by others of an advisory statement, over all logs of the cut. */
  #told(advisory: Row): readonly Ref[] {
    const id = advisory['id'] as Uint8Array // safe: the column is a BLOB
    const last = this.#database.prepare(
      'SELECT max(effective) AS effective FROM acknowledgement WHERE advisory = ? AND effective < ?',
    )
    const ranking: Ranking<Ref> = {
      read: (row) => this.#cut.ref(row),
      compare: compareAcknowledgements,
      isBest: ({ contested }) => !contested,
    }
    const words: Ref[] = []
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const newest = last.get(id, before)?.['effective']
      if (typeof newest !== 'number') return first(words, toldLimit, compareAcknowledgements)
      const { from } = rangeOf(logOf(newest))
      const rows = this.#database
        .prepare(
          `SELECT ${refColumns} FROM acknowledgement kind_row ${refJoin}
           WHERE kind_row.advisory = ? AND kind_row.effective >= ? AND kind_row.effective < ? AND kind_row.sub = ?
             AND urn <> ? ORDER BY kind_row.effective DESC`,
        )
        .iterate(id, from, Math.min(before, this.#cut.endAt(newest)), String(advisory['sub']), String(advisory['urn']))
      const counting = filter(rows, (row) => this.#cut.residences.counts(String(row['urn']), Number(row['effective'])))
      words.push(...firstRows(counting, toldLimit, ranking))
      before = from
    }
  }

  /** None where the first log of a party is not in the cut: nothing but its adherence is told of it then. */
  #countingStays(urn: string): readonly Stay[] {
    const residence = this.#cut.residences.of(urn)
    return residence?.isRooted === true ? residence.stays : []
  }

  #has(sql: string, ...parameters: readonly (string | number)[]): boolean {
    return this.#database.prepare(sql).get(...parameters) !== undefined
  }

  /** Before it is known whether a document is here: nothing but a withholding lowers a rank. */
  #supposed(digest: string, row: Row): DocumentState {
    return this.#cut.isWithheld(digest, row) ? 'withheld' : 'present'
  }

  #requireDocument(state: DocumentState | undefined, digest: unknown, row: Row): void {
    if (state !== 'present' || this.#documents.stored(String(digest).slice('sha256:'.length))) return
    throw new MissingDocument(String(digest), this.#cut.originOf(Number(row['position'])))
  }
}

/** `document-missing`: a document that a statement cites is neither stored here nor withheld in the cut. */
export class MissingDocument extends AssessmentError {
  /** The log in which the statement stands. */
  readonly origin: string

  constructor(digest: string, origin: string) {
    super('document-missing', `the document ${digest} is neither stored here nor withheld in the cut`)
    this.origin = origin
  }
}

const advisoryColumns = `${refColumns}, kind_row.sub AS sub, kind_row.document AS document`

function bounds({ party, from, to }: Stay): [party: number, from: number, to: number] {
  return [party, from, to]
}

function byFact(a: Candidate<AdvisoryFact>, b: Candidate<AdvisoryFact>): number {
  return compareAdvisories(a.fact, b.fact)
}

/** Somebody else has acknowledged it with a key that nobody contests. */
function hasFirmWord({ told }: AdvisoryFact): boolean {
  return told.some(({ contested }) => !contested)
}

function* filter(rows: Iterable<Row>, passes: (row: Row) => boolean): Generator<Row> {
  for (const row of rows) if (passes(row)) yield row
}
