import type { ProvisionId } from '@comity/instruments'
import type { AdherenceFact, AdvisoryFact, Facts, ProductFact, Ref, ReleaseFact } from './facts.ts'
import type { CitedAs } from './finding.ts'
import type { Condition, Sort } from './requirement.ts'
import { type Standing, standingOf, strongest } from './standing.ts'

/** How many statements of one sort a finding looks at, and how many of each it cites. */
export const evidenceLimit = 16

/** A statement and what it is cited as. */
export interface Rest {
  readonly ref: Ref
  readonly as: CitedAs
}

/** One thing on record that may meet a requirement. */
export interface Candidate {
  readonly ref: Ref
  /** How it stands on each condition that its sort knows. */
  readonly on: Partial<Record<Condition, Standing>>
  /** What a finding rests on if this thing carries it. */
  readonly rests: readonly Rest[]
}

function fromProduct({ ref, updatePolicy }: ProductFact): Candidate {
  const as = updatePolicy ? 'policy' : 'product'
  return { ref, on: { 'update-policy': updatePolicy ? 'met' : 'unmet' }, rests: [{ ref, as }] }
}

function fromRelease({ ref, sbom }: ReleaseFact): Candidate {
  const as = 'release'
  return { ref, on: { 'sbom-present': sbom === 'present' ? 'met' : 'unmet' }, rests: [{ ref, as }] }
}

function fromAdvisory({ ref, document, told }: AdvisoryFact): Candidate {
  const byOthers = told.filter((each) => each.party !== ref.party)
  const uncontested = byOthers.filter((each) => !each.contested)
  const carrying = uncontested.length > 0 ? uncontested : byOthers
  return {
    ref,
    on: {
      'document-present': document === 'present' ? 'met' : 'unmet',
      'told-by-another': strongest(carrying.map(standingOf)),
    },
    rests: [{ ref, as: 'advisory' }, ...carrying.map((each): Rest => ({ ref: each, as: 'acknowledgement' }))],
  }
}

/** One party's record, read at most once per sort, however many provisions look at it. */
export class PartyRecord {
  readonly #facts: Facts
  readonly #party: string
  #products: readonly Candidate[] | undefined
  #releases: readonly Candidate[] | undefined
  #advisories: readonly Candidate[] | undefined

  constructor(facts: Facts, party: string) {
    this.#facts = facts
    this.#party = party
  }

  get products(): readonly Candidate[] {
    return (this.#products ??= this.#facts.products(this.#party, evidenceLimit).map(fromProduct))
  }

  get releases(): readonly Candidate[] {
    return (this.#releases ??= this.#facts.releases(this.#party, evidenceLimit).map(fromRelease))
  }

  get advisories(): readonly Candidate[] {
    return (this.#advisories ??= this.#facts.advisories(this.#party, evidenceLimit).map(fromAdvisory))
  }
}

/** What a requirement is evaluated against. */
export interface Subject {
  readonly provision: ProvisionId
  readonly adherence: AdherenceFact
  readonly record: PartyRecord
}

/** Everything of one sort on the party's record, as far as a finding looks. */
export function candidates(sort: Sort, { provision, adherence, record }: Subject): readonly Candidate[] {
  const { ref, form, declarations } = adherence
  switch (sort) {
    case 'declaration':
      return declarations.includes(provision) ? [{ ref, on: {}, rests: [{ ref, as: 'declaration' }] }] : []
    case 'support':
      return form === 'support' ? [{ ref, on: {}, rests: [{ ref, as: 'support' }] }] : []
    case 'product':
      return record.products
    case 'release':
      return record.releases
    case 'advisory':
      return record.advisories
  }
}
