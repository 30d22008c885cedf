import type { InstrumentId, PartyType } from '@comity/instruments'
import type { CaseFact, CasesAsked } from './case-fact.ts'
import type { ProductWord, ReleaseWord } from './supply-words.ts'

/** An effective statement and the place where it took effect. */
export interface Ref {
  readonly origin: string
  readonly index: number
  /** Statement identifier, 64 hex digits. */
  readonly id: string
  readonly kind: string
  /** URN of the party that made it. */
  readonly party: string
  /** Seconds since the epoch, as the author claims. Never decides an order. */
  readonly iat: number
  /** Seconds since the epoch, of the time leaf that closes its batch. */
  readonly at: number
  /** True when its key is compromised since before `iat`, or its time is outside the cosigned bound. */
  readonly contested: boolean
}

/** `withheld`: under a `withholding` statement in the cut; it then counts as absent. */
export type DocumentState = 'present' | 'withheld'

export interface PartyFact {
  readonly urn: string
  readonly type: PartyType
  /** Origin of its home log. */
  readonly home: string
}

/** A party's latest effective word on one instrument. */
export interface AdherenceFact {
  readonly ref: Ref
  readonly form: 'adherence' | 'support'
  /** Seconds since the epoch: the party is bound up to and including this time, and not after. */
  readonly withdrawnAfter?: number
  /** Provisions that the statement declares something about, such as `code-d`. */
  readonly declarations: readonly string[]
  /** Provisions that the statement makes a reservation to. */
  readonly reservations: readonly string[]
}

export interface ProductFact {
  readonly ref: Ref
  /** The product's URN. */
  readonly sub: string
  /** Whether the statement says how updates reach the users; false when that part is withheld. */
  readonly updatePolicy: boolean
}

export interface ReleaseFact {
  readonly ref: Ref
  /** The release's URN. */
  readonly sub: string
  /** State of its SBOM document; absent when the release names none. */
  readonly sbom?: DocumentState
}

/** A product as it was stated last, with the release of it that was stated last. */
export interface SuppliedFact {
  readonly ref: Ref
  /** What the statement says, in any order. */
  readonly shows: readonly ProductWord[]
  readonly release?: { readonly ref: Ref; readonly shows: readonly ReleaseWord[] }
}

/** One advisory statement; a revision is a fact of its own. */
export interface AdvisoryFact {
  readonly ref: Ref
  /** The advisory's URN. */
  readonly sub: string
  readonly document: DocumentState
  /** Acknowledgements that name this very statement, by other parties: the first sixteen by `compareAcknowledgements`. */
  readonly told: readonly Ref[]
}

/**
 * What is on record as of the cut: the port through which findings read the register.
 *
 * Only effective statements are facts: not void, not pending, in their author's home log, and the
 * latest of those that replace each other. A list holds at most `limit` facts, **those that carry
 * evidence first** (`compareProducts` and its siblings define the order), so that a party's newest
 * statements cannot push its evidence out of sight: adding evidence never lowers a level.
 *
 * A document that is needed and neither stored nor withheld stops the assessment: the method
 * throws `AssessmentError('document-missing')`.
 */
export interface Facts {
  /** The party, or undefined when the cut does not know it. */
  party(urn: string): PartyFact | undefined
  /** URNs of all parties with an adherence or support statement, withdrawn or not, ascending. */
  bound(): Iterable<string>
  adherence(party: string, instrument: InstrumentId): AdherenceFact | undefined
  products(party: string, limit: number): readonly ProductFact[]
  releases(party: string, limit: number): readonly ReleaseFact[]
  /** The products stated last, by `compareLatest`: no evidence pushes what lacks it out of sight. */
  supplied(party: string, limit: number): readonly SuppliedFact[]
  /** Notices of supply restrictions that it gave, each as it was stated last, by `compareLatest`. */
  notices(party: string, limit: number): readonly Ref[]
  advisories(party: string, limit: number): readonly AdvisoryFact[]
  /**
   * The cases in which the party has a role and of which `isAsked` holds: the first by `compareCases` of what is asked.
   * None where its home log is not in the cut. All seats of the cut count; a case opened at two seats is two.
   */
  cases(party: string, asked: CasesAsked, limit: number): readonly CaseFact[]
}
