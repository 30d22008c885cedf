import { partyTypes, provisionIds } from '@comity/instruments'
import * as fc from 'fast-check'
import { arbitraryCases } from './case.fixture.ts'
import type { AdherenceFact, AdvisoryFact, ProductFact, Ref, ReleaseFact, SuppliedFact } from './facts.ts'
import { aRef, partyUrn, type RecordOfParty, renumbered } from './memory-facts.fixture.ts'
import type { AssessmentRequest } from './request.ts'
import { currentRuleset } from './ruleset.ts'
import { productWords, releaseWords } from './supply-words.ts'

/** A request on a cut of the logs `a.example` and `b.example`. */
export function aRequest(overrides: Partial<AssessmentRequest> = {}): AssessmentRequest {
  return {
    cut: [
      { origin: 'a.example', size: 1_000, root: `sha256:${'1'.repeat(64)}` },
      { origin: 'b.example', size: 1_000, root: `sha256:${'2'.repeat(64)}` },
    ],
    at: 5_000,
    ruleset: { version: currentRuleset.version, digest: currentRuleset.digest },
    trust: null,
    ...overrides,
  }
}

function refs(kind: string, party: string): fc.Arbitrary<Ref> {
  return fc
    .record({
      index: fc.nat(999),
      origin: fc.constantFrom('a.example', 'b.example'),
      at: fc.integer({ min: 1_000, max: 1_004 }),
      contested: fc.boolean(),
    })
    .map(({ index, ...rest }) => aRef(index, { kind, party, ...rest }))
}

/** Distinct by statement: a register holds a statement once. */
function listOf<T extends { readonly ref: Ref }>(fact: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.uniqueArray(fact, { maxLength: 24, selector: ({ ref }) => ref.id })
}

export function arbitraryProduct(party: string): fc.Arbitrary<ProductFact> {
  return fc.record({
    ref: refs('product', party),
    sub: fc.constant('urn:comity:product:a:b'),
    updatePolicy: fc.boolean(),
  })
}

export function arbitraryRelease(party: string): fc.Arbitrary<ReleaseFact> {
  return fc.record(
    {
      ref: refs('release', party),
      sub: fc.constant('urn:comity:product:a:b@1'),
      sbom: fc.constantFrom('present' as const, 'withheld' as const),
    },
    { requiredKeys: ['ref', 'sub'] },
  )
}

/** Products with the releases stated last of them, no release of two. */
export function arbitrarySupplied(party: string): fc.Arbitrary<readonly SuppliedFact[]> {
  const release = fc.record({ ref: refs('release', party), shows: fc.subarray([...releaseWords]) })
  const supplied: fc.Arbitrary<SuppliedFact> = fc.record(
    { ref: refs('product', party), shows: fc.subarray([...productWords]), release },
    { requiredKeys: ['ref', 'shows'] },
  )
  return listOf(supplied).map((list) =>
    list.map((each, n) =>
      each.release === undefined
        ? each
        : { ...each, release: { ...each.release, ref: renumbered(each.release.ref, each.release.ref.index * 32 + n) } },
    ),
  )
}

export function arbitraryAdvisory(party: string): fc.Arbitrary<AdvisoryFact> {
  return fc.record({
    ref: refs('advisory', party),
    sub: fc.constant('urn:comity:advisory:a:1'),
    document: fc.constantFrom('present' as const, 'withheld' as const),
    // The author's own acknowledgement is generated too: it must never count.
    told: fc.uniqueArray(
      fc.constantFrom(party, partyUrn('e'), partyUrn('f')).chain((by) => refs('acknowledgement', by)),
      { maxLength: 16, selector: ({ id }) => id },
    ),
  })
}

/** The n-th of at most 24, acknowledged by statements that acknowledge no other. */
function toldByItsOwn(advisory: AdvisoryFact, n: number): AdvisoryFact {
  return { ...advisory, told: advisory.told.map((ref) => renumbered(ref, ref.index * 32 + n)) }
}

function arbitraryAdherence(party: string): fc.Arbitrary<AdherenceFact> {
  const named = fc.uniqueArray(fc.constantFrom(...provisionIds), { maxLength: 6 })
  return fc.constantFrom('adherence' as const, 'support' as const).chain((form) =>
    fc.record(
      {
        ref: refs(form, party),
        form: fc.constant(form),
        withdrawnAfter: fc.integer({ min: 4_990, max: 5_010 }),
        declarations: named,
        reservations: named,
      },
      { requiredKeys: ['ref', 'form', 'declarations', 'reservations'] },
    ),
  )
}

export function arbitraryRecord(digit: string): fc.Arbitrary<RecordOfParty> {
  const urn = partyUrn(digit)
  return fc.record({
    party: fc.record({
      urn: fc.constant(urn),
      type: fc.constantFrom(...partyTypes),
      home: fc.constantFrom('a.example', 'b.example', 'elsewhere.example'),
    }),
    adherences: fc.record({ code: arbitraryAdherence(urn), gids: arbitraryAdherence(urn) }, { requiredKeys: [] }),
    products: listOf(arbitraryProduct(urn)),
    releases: listOf(arbitraryRelease(urn)),
    advisories: listOf(arbitraryAdvisory(urn)).map((list) => list.map(toldByItsOwn)),
    supplied: arbitrarySupplied(urn),
    notices: fc.uniqueArray(refs('supply', urn), { maxLength: 24, selector: ({ id }) => id }),
    cases: digit === 'a' ? arbitraryCases(8) : fc.constant([]),
  })
}

/** Four parties with random records. */
export const arbitraryRecords: fc.Arbitrary<readonly RecordOfParty[]> = fc.tuple(
  arbitraryRecord('a'),
  arbitraryRecord('b'),
  arbitraryRecord('c'),
  arbitraryRecord('d'),
)
