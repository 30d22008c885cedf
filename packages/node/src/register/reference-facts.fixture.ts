/**
 * The facts of a cut in the plainest way: every statement that took effect, decoded and gone through from the first to
 * the last for each question. Slow, and meant to be obviously right; what the register answers is held against it.
 */
import {
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
  type ReleaseWord,
  type SuppliedFact,
  compareAcknowledgements,
  compareAdvisories,
  compareLatest,
  compareProducts,
  compareReleases,
} from '@comity/assessment'
import type { InstrumentId } from '@comity/instruments'
import type {
  AcknowledgementPayload,
  AdherencePayload,
  AdvisoryPayload,
  PartyPayload,
  ProductPayload,
  ReleasePayload,
} from '@comity/statement'
import type { Database } from './database.ts'
import { payloadOf } from './entry.ts'
import { decodeEntry } from './fold.ts'
import { indexOf, logOf } from './position.ts'
import { isAdherence, ReferenceCases } from './reference-cases.fixture.ts'
import { type Done, ReferenceHomes } from './reference-homes.fixture.ts'
import type { WritingLog } from './writing-log.fixture.ts'

export class ReferenceFacts implements Facts {
  readonly #done: readonly Done[]
  readonly #homes: ReferenceHomes
  readonly #cases: ReferenceCases

  /** `database` says which entries were accepted, and where they took effect. */
  constructor(database: Database, logs: readonly WritingLog[], cut: Cut) {
    const origins = database.prepare('SELECT origin FROM log ORDER BY log').all()
    this.#done = database
      .prepare(
        `SELECT entry.position AS position, entry.effective AS effective, entry.at AS at, done.at AS done_at FROM entry
         CROSS JOIN entry done ON done.position = entry.effective ORDER BY entry.position`,
      )
      .all()
      .flatMap((row): Done[] => {
        const position = Number(row['position'])
        const effective = indexOf(Number(row['effective']))
        const origin = String(origins[logOf(position)]?.['origin'])
        const size = cut.find((prefix) => prefix.origin === origin)?.size ?? 0
        const index = indexOf(position)
        const leaf = logs.find((log) => log.origin === origin)?.leaves[index]
        if (effective >= size || leaf === undefined) return []
        const { statement, payload } = decodeEntry(position, leaf)
        return [{ origin, index, effective, at: Number(row['at']), doneAt: Number(row['done_at']), statement, payload }]
      })
    const seen = new Set(cut.map((prefix) => prefix.origin))
    this.#homes = new ReferenceHomes(this.#done, seen)
    this.#cases = new ReferenceCases(this.#done, seen, this.#homes)
  }

  party(urn: string): PartyFact | undefined {
    const stays = this.#homes.stays(urn)
    const last = stays.at(-1)?.parties.at(-1)
    if (last === undefined) return undefined
    const { type, home } = payloadOf<PartyPayload>(last)
    return { urn, type, home: this.#homes.isRooted(urn) ? home : this.#homes.firstHome(urn) }
  }

  bound(): Iterable<string> {
    const urns = new Set(this.#done.filter(isAdherence).map(({ statement }) => statement.iss))
    return [...urns].filter((urn) => this.#homes.statements(urn, 'adherence', 'support').length > 0).sort()
  }

  adherence(urn: string, instrument: InstrumentId): AdherenceFact | undefined {
    const last = this.#homes
      .statements(urn, 'adherence', 'support')
      .findLast(({ statement }) => statement.sub.endsWith(`:${instrument}`))
    if (last === undefined) return undefined
    const { withdrawal, declarations = [], reservations = [] } = payloadOf<AdherencePayload>(last)
    return {
      ref: this.#homes.ref(last),
      form: last.statement.kind === 'support' ? 'support' : 'adherence',
      ...(withdrawal && { withdrawnAfter: Date.parse(withdrawal.after) / 1000 }),
      declarations: declarations.map((each) => each.provision),
      reservations: reservations.map((each) => each.provision),
    }
  }

  products(urn: string, limit: number): readonly ProductFact[] {
    return latest(this.#homes.counting(urn, 'product'))
      .map((each) => ({ ref: this.#homes.ref(each), sub: each.statement.sub, updatePolicy: true }))
      .sort(compareProducts)
      .slice(0, limit)
  }

  releases(urn: string, limit: number): readonly ReleaseFact[] {
    return latest(this.#homes.counting(urn, 'release'))
      .map((each) => ({
        ref: this.#homes.ref(each),
        sub: each.statement.sub,
        sbom: this.#document(payloadOf<ReleasePayload>(each).sbom, each),
      }))
      .sort(compareReleases)
      .slice(0, limit)
  }

  advisories(urn: string, limit: number): readonly AdvisoryFact[] {
    return this.#homes
      .counting(urn, 'advisory')
      .map((each) => ({
        ref: this.#homes.ref(each),
        sub: each.statement.sub,
        document: this.#document(payloadOf<AdvisoryPayload>(each).document, each),
        told: this.#told(each),
      }))
      .sort(compareAdvisories)
      .slice(0, limit)
  }

  supplied(urn: string, limit: number): readonly SuppliedFact[] {
    const releases = this.#homes.counting(urn, 'release')
    return latest(this.#homes.counting(urn, 'product'))
      .map((each): SuppliedFact => {
        const release = releases.findLast(({ statement }) => statement.sub.startsWith(`${each.statement.sub}@`))
        const { updatePolicy, continuity, portability } = payloadOf<ProductPayload>(each)
        return {
          ref: this.#homes.ref(each),
          shows: [
            ...(updatePolicy.supportUntil === undefined ? [] : (['support-end'] as const)),
            ...(continuity === undefined ? [] : (['continuity'] as const)),
            ...(portability === undefined ? [] : (['portability'] as const)),
          ],
          ...(release && { release: { ref: this.#homes.ref(release), shows: this.#releaseShows(release) } }),
        }
      })
      .sort((a, b) => compareLatest(a.ref, b.ref))
      .slice(0, limit)
  }

  notices(urn: string, limit: number): readonly Ref[] {
    return latest(this.#homes.counting(urn, 'supply'))
      .map((each) => this.#homes.ref(each))
      .sort(compareLatest)
      .slice(0, limit)
  }

  /** What a release shows where no document can be read: the rest is held against the evidence itself elsewhere. */
  #releaseShows(release: Done): readonly ReleaseWord[] {
    const { sbom, artifacts = [] } = payloadOf<ReleasePayload>(release)
    return [
      ...(this.#document(sbom, release) === 'present' ? (['sbom'] as const) : []),
      ...(artifacts.length > 0 ? (['artifacts'] as const) : []),
    ]
  }

  cases(urn: string, asked: CasesAsked, limit: number): readonly CaseFact[] {
    return this.#cases.of(urn, asked, limit)
  }

  #told(advisory: Done): readonly Ref[] {
    return this.#done
      .filter(({ statement, ...rest }) => {
        if (statement.kind !== 'acknowledgement' || statement.iss === advisory.statement.iss) return false
        const isOfThis = payloadOf<AcknowledgementPayload>(rest).advisory === advisory.statement.id
        return isOfThis && statement.sub === advisory.statement.sub
      })
      .filter((each) => this.#homes.counts(each))
      .map((each) => this.#homes.ref(each))
      .sort(compareAcknowledgements)
      .slice(0, 16)
  }

  #document(digest: string, { origin, statement }: Done): DocumentState {
    const isWithheld = this.#done.some(
      (each) =>
        each.statement.kind === 'withholding' &&
        each.statement.sub === `urn:comity:document:${digest}` &&
        (each.origin === origin || each.statement.iss === statement.iss) &&
        this.#homes.counts(each),
    )
    return isWithheld ? 'withheld' : 'present'
  }
}

/** The last statement about each thing. */
function latest(statements: readonly Done[]): Done[] {
  return [...new Map(statements.map((each) => [each.statement.sub, each])).values()]
}
