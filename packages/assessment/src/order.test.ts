import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assessParty } from './assess-party.ts'
import type { AdvisoryFact, ProductFact, ReleaseFact } from './facts.ts'
import { aRef, memoryFacts, partyUrn, type RecordOfParty, supporter } from './memory-facts.fixture.ts'
import { compareAcknowledgements, compareAdvisories, compareLatest, compareProducts, compareReleases } from './order.ts'
import { aRequest } from './record.fixture.ts'

const told = [aRef(50, { kind: 'acknowledgement', party: partyUrn('e') })]
const product: ProductFact = { ref: aRef(1), sub: 'urn:comity:product:a:b', updatePolicy: true }
const release: ReleaseFact = { ref: aRef(2), sub: 'urn:comity:product:a:b@1', sbom: 'present' }
const advisory: AdvisoryFact = { ref: aRef(3), sub: 'urn:comity:advisory:a:1', document: 'present', told }

function many<T>(make: (index: number) => T): readonly T[] {
  return Array.from({ length: 40 }, (_, position) => make(100 + position))
}

function levels(record: RecordOfParty): ReadonlyMap<string, string | undefined> {
  const { findings } = assessParty(partyUrn('a'), aRequest(), memoryFacts([record]))
  return new Map(findings.map((each) => [each.provision, each.level]))
}

test('the latest statement comes first, and statements of one batch by origin and index', () => {
  const inOrder = [aRef(1, { at: 9 }), aRef(7, { at: 5 }), aRef(3, { at: 5 }), aRef(8, { at: 5, origin: 'b.example' })]
  assert.deepEqual(inOrder.toReversed().sort(compareLatest), inOrder)
})

test('an uncontested acknowledgement comes before any contested one', () => {
  const inOrder = [aRef(2), aRef(1), aRef(9, { contested: true }), aRef(8, { contested: true })]
  assert.deepEqual(inOrder.toReversed().sort(compareAcknowledgements), inOrder)
})

test('what carries evidence comes first, uncontested before contested, then the latest', () => {
  const contested = { contested: true }
  const releases: readonly ReleaseFact[] = [
    { ...release, ref: aRef(2) },
    { ...release, ref: aRef(1) },
    { ...release, ref: aRef(9, contested) },
    { ...release, ref: aRef(8), sbom: 'withheld' },
  ]
  assert.deepEqual(releases.toReversed().sort(compareReleases), releases)
  const products: readonly ProductFact[] = [
    { ...product, ref: aRef(1) },
    { ...product, ref: aRef(9, contested) },
    { ...product, ref: aRef(8), updatePolicy: false },
  ]
  assert.deepEqual(products.toReversed().sort(compareProducts), products)
  const byItself = [aRef(51, { party: partyUrn('a') })]
  const advisories: readonly AdvisoryFact[] = [
    { ...advisory, ref: aRef(1) },
    { ...advisory, ref: aRef(2), told: [aRef(52, { party: partyUrn('e'), contested: true })] },
    { ...advisory, ref: aRef(9), document: 'withheld' },
    { ...advisory, ref: aRef(8), told: byItself },
    { ...advisory, ref: aRef(7), told: [] },
  ]
  assert.deepEqual(advisories.toReversed().sort(compareAdvisories), advisories)
})

test('any number of later statements without evidence leaves the level that an old one carries', () => {
  const newer = supporter({
    products: [product, ...many((index): ProductFact => ({ ...product, ref: aRef(index), updatePolicy: false }))],
    releases: [release, ...many((index): ReleaseFact => ({ ...release, ref: aRef(index), sbom: 'withheld' }))],
    advisories: [advisory, ...many((index): AdvisoryFact => ({ ...advisory, ref: aRef(index), told: [] }))],
  })
  assert.equal(levels(newer).get('gids-1'), 'evidenced')
  assert.equal(levels(newer).get('gids-8'), 'evidenced')
})
