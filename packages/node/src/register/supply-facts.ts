/**
 * What a party's products and their newest releases show, as of a cut. What the documents of a release show is computed
 * from their bytes each time it is asked for, and remembered by digest: it is a function of the statement, its documents
 * and the keys that its party has listed, and of nothing else.
 */
import { compareLatest, type Ref, type ProductWord, type ReleaseWord, type SuppliedFact } from '@comity/assessment'
import type { GivenKey } from '@comity/exposure/sigstore'
import type { ProductPayload } from '@comity/statement'
import { evidenceOfRelease, type ReleasedBuild } from '../evidence/release-evidence.ts'
import { releaseShows } from '../evidence/release-shows.ts'
import { signingKeys } from '../evidence/signing-keys.ts'
import type { CutDocuments } from './cut-documents.ts'
import { type CutRows, refColumns, refJoin, type Row, signerJoin } from './cut-rows.ts'
import type { Database } from './database.ts'
import { ofParty } from './of-party.ts'
import type { Stay } from './residence.ts'
import { isSameThing, isThing, thingKey } from './thing.ts'

type Shown = Exclude<ReleaseWord, 'sbom'>

/** What releases showed whose documents were all read; small, and the oldest goes first. */
const remembered = new Map<string, readonly Shown[]>()
const rememberedAtMost = 4_096

export class SupplyFacts {
  readonly #database: Database
  readonly #cut: CutRows
  readonly #documents: CutDocuments
  readonly #require: (digest: string, row: Row) => void

  /** `require` throws `document-missing` where a document is neither here nor withheld. */
  constructor(database: Database, cut: CutRows, documents: CutDocuments, require: (digest: string, row: Row) => void) {
    this.#database = database
    this.#cut = cut
    this.#documents = documents
    this.#require = require
  }

  /** The products stated last in these stays, the last first. */
  supplied(stays: readonly Stay[], limit: number): readonly SuppliedFact[] {
    const rows = this.#latest(stays, 'product', 'kind_row.payload AS payload', limit)
    return rows.map((row) => {
      const release = this.#newestRelease(stays, String(row['sub']))
      return {
        ref: this.#cut.ref(row),
        shows: productShows(JSON.parse(String(row['payload']))),
        ...(release !== undefined && {
          release: { ref: this.#cut.ref(release), shows: this.#releaseShows(release, stays) },
        }),
      }
    })
  }

  /** Notices of supply restrictions, each as it was stated last, the last first. */
  notices(stays: readonly Stay[], limit: number): readonly Ref[] {
    return this.#latest(stays, 'supply', '1', limit).map((row) => this.#cut.ref(row))
  }

  /** Of each thing the statement that took effect last, those of the latest first by `compareLatest`. */
  #latest(stays: readonly Stay[], table: 'product' | 'supply', columns: string, limit: number): readonly Row[] {
    const found: Row[] = []
    for (const [i, stay] of stays.entries()) {
      const rows = this.#database
        .prepare(
          ofParty(table, {
            columns: `${refColumns}, kind_row.sub AS sub, ${columns}`,
            joins: signerJoin,
            condition: `NOT EXISTS (SELECT 1 FROM ${table} later
              WHERE ${isSameThing} AND later.effective > kind_row.effective AND later.effective < ?3)`,
          }),
        )
        .iterate(stay.party, stay.from, stay.to)
      const later = stays.slice(i + 1)
      let kept = 0
      for (const row of rows) {
        // Rows come by where they took effect, and the order is by when they were registered, which is no later: what
        // follows enough of those cannot come before them.
        if (
          kept >= limit &&
          found.filter((each) => Number(each['position']) >= Number(row['effective'])).length >= limit
        )
          break
        if (later.some((each) => this.#isStatedIn(each, table, String(row['sub'])))) continue
        found.push(row)
        kept += 1
      }
    }
    return found.toSorted((a, b) => compareLatest(this.#cut.ref(a), this.#cut.ref(b))).slice(0, limit)
  }

  #isStatedIn({ from, to }: Stay, table: 'product' | 'supply', sub: string): boolean {
    const stated = `SELECT 1 FROM ${table} kind_row WHERE ${isThing} AND effective >= ? AND effective < ?`
    return this.#database.prepare(stated).get(thingKey(sub), sub, from, to) !== undefined
  }

  /** The release statement of a product that took effect last, where its party was at home last. */
  #newestRelease(stays: readonly Stay[], product: string): Row | undefined {
    const select = this.#database.prepare(
      `SELECT ${refColumns}, kind_row.sub AS sub, kind_row.sbom AS sbom, kind_row.builds AS builds
       FROM release kind_row ${refJoin}
       WHERE kind_row.product = ? AND kind_row.effective >= ? AND kind_row.effective < ?
       ORDER BY kind_row.effective DESC LIMIT 1`,
    )
    for (const { from, to } of stays.toReversed()) {
      const row = select.get(product, from, to)
      if (row !== undefined) return row
    }
    return undefined
  }

  #releaseShows(row: Row, stays: readonly Stay[]): readonly ReleaseWord[] {
    const sbom = String(row['sbom'])
    const build: ReleasedBuild = { sbom, ...JSON.parse(String(row['builds'] ?? '{}')) }
    const named = [sbom, ...(build.provenance ?? []).flatMap((each) => [each.document, each.trustedRoot ?? []].flat())]
    const withheld = new Set(named.filter((digest) => this.#cut.isWithheld(digest, row)))
    for (const digest of named) if (!withheld.has(digest)) this.#require(digest, row)
    const ofSbom: readonly ReleaseWord[] = withheld.has(sbom) ? [] : ['sbom']
    return [...ofSbom, ...this.#documentsShow(build, withheld, stays)]
  }

  #documentsShow(build: ReleasedBuild, withheld: ReadonlySet<string>, stays: readonly Stay[]): readonly Shown[] {
    if (build.artifacts === undefined && build.provenance === undefined) return []
    const keys = build.provenance === undefined || build.provenance.length === 0 ? [] : this.#keysOf(stays)
    const question = JSON.stringify([build, [...withheld], keys.map(({ kid }) => kid)])
    const known = remembered.get(question)
    if (known !== undefined) return known
    let hasReadAll = true
    const read = (digest: string, limit: number): Uint8Array | undefined => {
      if (withheld.has(digest)) return undefined
      const bytes = this.#documents.read(digest.slice('sha256:'.length), limit)
      if (bytes === undefined) hasReadAll = false
      return bytes
    }
    const shown = releaseShows(evidenceOfRelease(build, { read, keys }))
    // What was not here may be here the next time.
    if (hasReadAll) remember(question, shown)
    return shown
  }

  /** Every key for signing that the party has listed by the cut and that nobody else had: builds outlive keys. */
  #keysOf(stays: readonly Stay[]): readonly GivenKey[] {
    const last = stays.at(-1)
    if (last === undefined) return []
    const row = this.#database
      .prepare('SELECT state FROM party_version WHERE party = ? AND position < ? ORDER BY position DESC LIMIT 1')
      .get(last.party, last.to)
    return row === undefined ? [] : signingKeys(JSON.parse(String(row['state'])))
  }
}

function productShows({ updatePolicy, continuity, portability }: ProductPayload): readonly ProductWord[] {
  return [
    ...(updatePolicy?.supportUntil === undefined ? [] : (['support-end'] as const)),
    ...(continuity === undefined ? [] : (['continuity'] as const)),
    ...(portability === undefined ? [] : (['portability'] as const)),
  ]
}

function remember(question: string, shown: readonly Shown[]): void {
  const [oldest] = remembered.keys()
  if (remembered.size >= rememberedAtMost && oldest !== undefined) remembered.delete(oldest)
  remembered.set(question, shown)
}
