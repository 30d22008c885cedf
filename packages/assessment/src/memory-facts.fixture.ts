import type { InstrumentId, PartyType } from '@comity/instruments'
import { type CaseFact, compareCases, isAsked } from './case-fact.ts'
import type {
  AdherenceFact,
  AdvisoryFact,
  Facts,
  PartyFact,
  ProductFact,
  Ref,
  ReleaseFact,
  SuppliedFact,
} from './facts.ts'
import { compareAdvisories, compareLatest, compareProducts, compareReleases, compareText } from './order.ts'

/** All that is on record about one party, as plain values. */
export interface RecordOfParty {
  readonly party: PartyFact
  readonly adherences: Partial<Record<InstrumentId, AdherenceFact>>
  readonly products: readonly ProductFact[]
  readonly releases: readonly ReleaseFact[]
  readonly advisories: readonly AdvisoryFact[]
  readonly supplied: readonly SuppliedFact[]
  readonly notices: readonly Ref[]
  readonly cases: readonly CaseFact[]
}

/** Rearranges what the port returns; a test passes one to show that order does not matter. */
export type Rearrange = <T>(list: readonly T[]) => readonly T[]

/** The facts port over values in memory: small enough to be obviously right. */
export function memoryFacts(records: readonly RecordOfParty[], rearrange: Rearrange = (list) => list): Facts {
  const byParty = new Map(records.map((record) => [record.party.urn, record]))
  function first<T>(list: readonly T[] | undefined, compare: (a: T, b: T) => number, limit: number): readonly T[] {
    return rearrange((list ?? []).toSorted(compare).slice(0, limit))
  }
  return {
    party: (urn) => byParty.get(urn)?.party,
    bound: () =>
      records
        .filter(({ adherences }) => Object.values(adherences).length > 0)
        .map(({ party }) => party.urn)
        .sort(compareText),
    adherence: (party, instrument) => byParty.get(party)?.adherences[instrument],
    products: (party, limit) => first(byParty.get(party)?.products, compareProducts, limit),
    releases: (party, limit) => first(byParty.get(party)?.releases, compareReleases, limit),
    advisories: (party, limit) => first(byParty.get(party)?.advisories, compareAdvisories, limit),
    supplied: (party, limit) => first(byParty.get(party)?.supplied, (a, b) => compareLatest(a.ref, b.ref), limit),
    notices: (party, limit) => first(byParty.get(party)?.notices, compareLatest, limit),
    cases: (party, asked, limit) => {
      const named = byParty.get(party)?.cases.filter((fact) => isAsked(fact, asked))
      return first(named, compareCases(asked), limit)
    },
  }
}

/** A party's URN from one hex digit, easy to read in a failing test. */
export function partyUrn(digit: string): string {
  return `urn:comity:party:${digit.repeat(64)}`
}

/** A statement of party `a` in log `a.example`; `overrides` say what a test is about. */
export function aRef(index: number, overrides: Partial<Ref> = {}): Ref {
  const origin = overrides.origin ?? 'a.example'
  return {
    origin,
    index,
    id: `${origin.charCodeAt(0).toString(16)}${index.toString(16).padStart(6, '0')}`.padEnd(64, '0'),
    kind: 'product',
    party: partyUrn('a'),
    iat: 1_000 + index,
    at: 1_000 + index,
    contested: false,
    ...overrides,
  }
}

/** The same reference, of another statement. */
export function renumbered({ origin, kind, party, iat, at, contested }: Ref, index: number): Ref {
  return aRef(index, { origin, kind, party, iat, at, contested })
}

/** A provider with nothing on record but its support for the Initiative. */
export function supporter(overrides: Partial<RecordOfParty> = {}, type: PartyType = 'provider'): RecordOfParty {
  return {
    party: { urn: partyUrn('a'), type, home: 'a.example' },
    adherences: {
      gids: { ref: aRef(1, { kind: 'support' }), form: 'support', declarations: [], reservations: [] },
    },
    products: [],
    releases: [],
    advisories: [],
    supplied: [],
    notices: [],
    cases: [],
    ...overrides,
  }
}

/** A State that adheres to both texts and declares nothing. */
export function adherent(overrides: Partial<RecordOfParty> = {}): RecordOfParty {
  const adherence = (index: number): AdherenceFact => ({
    ref: aRef(index, { kind: 'adherence' }),
    form: 'adherence',
    declarations: [],
    reservations: [],
  })
  return supporter({ adherences: { code: adherence(1), gids: adherence(2) }, ...overrides }, 'state')
}
