import type { ProvisionId } from '@comity/instruments'
import { askedStanding, type CaseFact, type CasesAsked } from './case-fact.ts'
import { type CaseSort, caseWordOf, isCaseSort } from './case-word.ts'
import type { AdherenceFact, AdvisoryFact, Facts, ProductFact, Ref, ReleaseFact, SuppliedFact } from './facts.ts'
import { suppliedLimit } from './supply-words.ts'
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
  /** How it stands by itself. */
  readonly standing: Standing
  /** How it stands on each condition that its sort knows. */
  readonly on: Partial<Record<Condition, Standing>>
  /** What a finding rests on if this thing carries it. */
  readonly rests: readonly Rest[]
}

function fromProduct({ ref, updatePolicy }: ProductFact): Candidate {
  const as = updatePolicy ? 'policy' : 'product'
  return { standing: standingOf(ref), on: { 'update-policy': updatePolicy ? 'met' : 'unmet' }, rests: [{ ref, as }] }
}

function fromRelease({ ref, sbom }: ReleaseFact): Candidate {
  const as = 'release'
  return {
    standing: standingOf(ref),
    on: { 'sbom-present': sbom === 'present' ? 'met' : 'unmet' },
    rests: [{ ref, as }],
  }
}

function fromAdvisory({ ref, document, told }: AdvisoryFact): Candidate {
  const byOthers = told.filter((each) => each.party !== ref.party)
  const uncontested = byOthers.filter((each) => !each.contested)
  const carrying = uncontested.length > 0 ? uncontested : byOthers
  return {
    standing: standingOf(ref),
    on: {
      'document-present': document === 'present' ? 'met' : 'unmet',
      'told-by-another': strongest(carrying.map(standingOf)),
    },
    rests: [{ ref, as: 'advisory' }, ...carrying.map((each): Rest => ({ ref: each, as: 'acknowledgement' }))],
  }
}

/** A case as a candidate: what makes it what was asked for is what a finding rests on, the uncontested part if that does. */
function fromCase(fact: CaseFact, asked: CasesAsked, as: CitedAs): Candidate {
  const standing = askedStanding(fact, asked)
  const named = [
    ...fact.moves.filter(({ name }) => asked.made?.includes(name) === true),
    ...fact.others.filter(({ name }) => asked.others?.includes(name) === true),
  ]
  const carrying = standing === 'met' ? named.filter(({ ref }) => !ref.contested) : named
  return { standing, on: {}, rests: carrying.map(({ ref }): Rest => ({ ref, as })) }
}

/** One party's record, read at most once per sort, however many provisions look at it. */
export class PartyRecord {
  readonly #facts: Facts
  readonly #party: string
  readonly #at: number
  readonly #cases = new Map<CaseSort, readonly Candidate[]>()
  #products: readonly Candidate[] | undefined
  #releases: readonly Candidate[] | undefined
  #advisories: readonly Candidate[] | undefined
  #supplied: readonly SuppliedFact[] | undefined
  #notices: readonly Rest[] | undefined

  /** @param at the time of the request, in seconds since the epoch: cases are looked at as they stand then */
  constructor(facts: Facts, party: string, at: number) {
    this.#facts = facts
    this.#party = party
    this.#at = at
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

  get supplied(): readonly SuppliedFact[] {
    return (this.#supplied ??= this.#facts.supplied(this.#party, suppliedLimit))
  }

  get notices(): readonly Rest[] {
    this.#notices ??= this.#facts.notices(this.#party, evidenceLimit).map((ref) => ({ ref, as: 'notice' }))
    return this.#notices
  }

  /** Cases that carry a rung by this word. */
  casesOf(sort: CaseSort): readonly Candidate[] {
    const { as, ...asked } = caseWordOf(sort)
    const found = this.#cases.get(sort) ?? this.candidates(asked, as)
    this.#cases.set(sort, found)
    return found
  }

  /** The cases of which this holds, in the order of the port. */
  cases(asked: Omit<CasesAsked, 'at'>, limit: number): readonly CaseFact[] {
    return this.#facts.cases(this.#party, { ...asked, at: this.#at }, limit)
  }

  /** The same, and what makes each what was asked for. */
  candidates(asked: Omit<CasesAsked, 'at'>, as: CitedAs): readonly Candidate[] {
    return this.cases(asked, evidenceLimit).map((fact) => fromCase(fact, { ...asked, at: this.#at }, as))
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
  if (isCaseSort(sort)) return record.casesOf(sort)
  const { ref, form, declarations } = adherence
  const standing = standingOf(ref)
  switch (sort) {
    case 'declaration':
      return declarations.includes(provision) ? [{ standing, on: {}, rests: [{ ref, as: 'declaration' }] }] : []
    case 'support':
      return form === 'support' ? [{ standing, on: {}, rests: [{ ref, as: 'support' }] }] : []
    case 'product':
      return record.products
    case 'release':
      return record.releases
    case 'advisory':
      return record.advisories
  }
}
