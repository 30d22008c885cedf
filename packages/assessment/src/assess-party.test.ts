import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProvisionId } from '@comity/instruments'
import { assessParty } from './assess-party.ts'
import { AssessmentError } from './assessment-error.ts'
import type { AdherenceFact, AdvisoryFact, ProductFact, ReleaseFact } from './facts.ts'
import type { Finding } from './finding.ts'
import { adherent, aRef, memoryFacts, partyUrn, type RecordOfParty, supporter } from './memory-facts.fixture.ts'
import { aRequest } from './record.fixture.ts'

const provider = partyUrn('a')
const operator = partyUrn('e')

const product: ProductFact = {
  ref: aRef(10, { kind: 'product' }),
  sub: 'urn:comity:product:a:router',
  updatePolicy: true,
}
const release: ReleaseFact = {
  ref: aRef(11, { kind: 'release' }),
  sub: 'urn:comity:product:a:router@1.0.0',
  sbom: 'present',
}
const acknowledgement = aRef(20, { kind: 'acknowledgement', party: operator })
const advisory: AdvisoryFact = {
  ref: aRef(12, { kind: 'advisory' }),
  sub: 'urn:comity:advisory:a:2026-1',
  document: 'present',
  told: [acknowledgement],
}

function findingOf(provision: ProvisionId, record: RecordOfParty, request = aRequest()): Finding | undefined {
  return assessParty(provider, request, memoryFacts([record])).findings.find((each) => each.provision === provision)
}

function support(overrides: Partial<AdherenceFact>): RecordOfParty['adherences'] {
  return {
    gids: {
      ref: aRef(1, { kind: 'support' }),
      form: 'support',
      declarations: [],
      reservations: [],
      ...overrides,
    },
  }
}

test('a party that neither adheres nor supports has no findings', () => {
  const record = supporter({ adherences: {}, products: [product], advisories: [advisory] })
  assert.deepEqual(assessParty(provider, aRequest(), memoryFacts([record])), { party: provider, findings: [] })
})

test('a party that the cut does not know has no findings', () => {
  assert.deepEqual(assessParty(provider, aRequest(), memoryFacts([])), { party: provider, findings: [] })
})

test('a provider that supports the Initiative has findings for what addresses providers, in order', () => {
  const { findings } = assessParty(provider, aRequest(), memoryFacts([supporter()]))
  assert.deepEqual(
    findings.map((each) => each.provision),
    ['gids-1', 'gids-3', 'gids-4', 'gids-5', 'gids-6', 'gids-7', 'gids-8', 'gids-9'],
  )
})

test('a State that adheres to both texts has findings for all but what addresses providers alone', () => {
  const { findings } = assessParty(provider, aRequest(), memoryFacts([adherent()]))
  assert.equal(findings.length, 18)
  assert.ok(!findings.some((each) => each.provision === 'gids-7' || each.provision === 'gids-8'))
})

test('a party of a type that no provision addresses has no findings', () => {
  const record = supporter({}, 'civil-society')
  assert.deepEqual(assessParty(provider, aRequest(), memoryFacts([record])).findings, [])
})

test('gids-8 moves from silent to declared to evidenced as a provider publishes', () => {
  assert.equal(findingOf('gids-8', supporter())?.level, 'silent')
  assert.equal(findingOf('gids-8', supporter({ products: [product] }))?.level, 'declared')
  assert.deepEqual(findingOf('gids-8', supporter({ products: [product], advisories: [advisory] })), {
    provision: 'gids-8',
    level: 'evidenced',
    flags: [],
    supply: ['support-end', 'portability', 'continuity'].map((word) => ({ word, shown: [], missing: [] })),
    cites: [
      { origin: 'a.example', index: 1, id: aRef(1).id, kind: 'support', as: 'support' },
      { origin: 'a.example', index: 10, id: aRef(10).id, kind: 'product', as: 'policy' },
      { origin: 'a.example', index: 12, id: aRef(12).id, kind: 'advisory', as: 'advisory' },
      { origin: 'a.example', index: 20, id: aRef(20).id, kind: 'acknowledgement', as: 'acknowledgement' },
    ],
  })
})

test('gids-8 stays silent on a product without an update policy, and on a declaration in words alone', () => {
  assert.equal(findingOf('gids-8', supporter({ products: [{ ...product, updatePolicy: false }] }))?.level, 'silent')
  const declared = supporter({ adherences: support({ declarations: ['gids-8'] }) })
  assert.equal(findingOf('gids-8', declared)?.level, 'silent')
})

test('gids-8 is not evidenced by an advisory that nobody, or only its author, acknowledged', () => {
  const untold = supporter({ products: [product], advisories: [{ ...advisory, told: [] }] })
  assert.equal(findingOf('gids-8', untold)?.level, 'declared')
  const own = { ...acknowledgement, party: provider }
  const selfTold = supporter({ products: [product], advisories: [{ ...advisory, told: [own] }] })
  assert.equal(findingOf('gids-8', selfTold)?.level, 'declared')
})

test('gids-8 is not evidenced by two advisories that meet one condition each', () => {
  const withheld: AdvisoryFact = { ...advisory, document: 'withheld' }
  const untold: AdvisoryFact = { ...advisory, ref: aRef(13, { kind: 'advisory' }), told: [] }
  const record = supporter({ products: [product], advisories: [withheld, untold] })
  assert.equal(findingOf('gids-8', record)?.level, 'declared')
})

test('gids-8 does not skip a rung: an acknowledged advisory without an update policy leaves it silent', () => {
  assert.equal(findingOf('gids-8', supporter({ advisories: [advisory] }))?.level, 'silent')
})

for (const provision of ['code-d', 'gids-1'] as const) {
  test(`${provision} is declared by a declaration or a product, and evidenced by a release with its SBOM`, () => {
    const bound: RecordOfParty['adherences'] = {
      code: { ref: aRef(1), form: 'support', declarations: [], reservations: [] },
      gids: { ref: aRef(2), form: 'support', declarations: [], reservations: [] },
    }
    const declaring: RecordOfParty['adherences'] = {
      code: { ref: aRef(1), form: 'support', declarations: [provision], reservations: [] },
      gids: { ref: aRef(2), form: 'support', declarations: [provision], reservations: [] },
    }
    const levelOf = (overrides: Partial<RecordOfParty>): string | undefined =>
      findingOf(provision, supporter({ adherences: bound, ...overrides }))?.level
    assert.equal(levelOf({}), 'silent')
    assert.equal(levelOf({ adherences: declaring }), 'declared')
    assert.equal(levelOf({ products: [{ ...product, updatePolicy: false }] }), 'declared')
    assert.equal(levelOf({ products: [product], releases: [release] }), 'evidenced')
    assert.equal(levelOf({ products: [product], releases: [{ ...release, sbom: 'withheld' }] }), 'declared')
    const { sbom: _, ...without } = release
    assert.equal(levelOf({ products: [product], releases: [without] }), 'declared')
  })
}

test('gids-9 is declared by support, and by an adherence only when a declaration names it', () => {
  assert.equal(findingOf('gids-9', supporter())?.level, 'declared')
  const adherence = (declarations: readonly string[]): RecordOfParty =>
    adherent({
      adherences: { gids: { ref: aRef(1, { kind: 'adherence' }), form: 'adherence', declarations, reservations: [] } },
    })
  assert.equal(findingOf('gids-9', adherence([]))?.level, 'silent')
  assert.equal(findingOf('gids-9', adherence(['gids-9']))?.level, 'declared')
})

test('a statement that both supports and declares is cited once as each', () => {
  const finding = findingOf('gids-9', supporter({ adherences: support({ declarations: ['gids-9'] }) }))
  assert.deepEqual(
    finding?.cites.map((each) => each.as),
    ['support', 'declaration'],
  )
})

test('a pledge not to do has cases and no level', () => {
  const { findings } = assessParty(provider, aRequest(), memoryFacts([adherent()]))
  for (const provision of ['code-b', 'code-k', 'gids-2', 'gids-5']) {
    const finding = findings.find((each) => each.provision === provision)
    assert.ok(finding !== undefined && !('level' in finding))
    assert.deepEqual(finding.cases, [])
  }
})

test('gids-3, to do and not to do, has both a level and cases', () => {
  const finding = findingOf('gids-3', adherent())
  assert.equal(finding?.level, 'silent')
  assert.deepEqual(finding?.cases, [])
})

test('a reservation is cited and leaves the level as it is', () => {
  const finding = findingOf(
    'gids-8',
    supporter({ adherences: support({ reservations: ['gids-8'] }), products: [product] }),
  )
  assert.equal(finding?.level, 'declared')
  assert.deepEqual(
    finding?.cites.map((each) => each.as),
    ['support', 'reservation', 'policy'],
  )
})

test('a party whose home log is not in the cut is unseen, never silent, whatever else is on record', () => {
  const record = supporter({ products: [product], advisories: [advisory] })
  const request = aRequest({ cut: [{ origin: 'b.example', size: 3, root: `sha256:${'2'.repeat(64)}` }] })
  const { findings } = assessParty(provider, request, memoryFacts([record]))
  assert.equal(findings.length, 8)
  for (const finding of findings) {
    assert.equal(finding.level, 'unseen')
    assert.ok(!('cases' in finding), 'nor is it without cases: nobody knows')
    assert.deepEqual(
      finding.cites.map((each) => each.as),
      ['support'],
    )
  }
})

test('a withdrawal ends the findings the second after its term, and not before', () => {
  const facts = memoryFacts([supporter({ adherences: support({ withdrawnAfter: 5_000 }) })])
  assert.equal(assessParty(provider, aRequest({ at: 5_000 }), facts).findings.length, 8)
  assert.equal(assessParty(provider, aRequest({ at: 5_001 }), facts).findings.length, 0)
})

test('a level that rests on a contested statement alone keeps its rung and carries the flag', () => {
  const contested: ProductFact = { ...product, ref: { ...product.ref, contested: true } }
  const finding = findingOf('gids-8', supporter({ products: [contested] }))
  assert.equal(finding?.level, 'declared')
  assert.deepEqual(finding?.flags, ['contested'])
})

test('a contested statement beside an uncontested one is neither flagged nor cited', () => {
  const contested: ProductFact = { ...product, ref: aRef(14, { contested: true }) }
  const finding = findingOf('gids-8', supporter({ products: [contested, product] }))
  assert.deepEqual(finding?.flags, [])
  assert.deepEqual(
    finding?.cites.map((each) => each.index),
    [1, 10],
  )
})

test('a contested acknowledgement, advisory, lower rung or adherence flags what rests on it', () => {
  const told = [{ ...acknowledgement, contested: true }]
  const byAcknowledgement = supporter({ products: [product], advisories: [{ ...advisory, told }] })
  const byAdvisory = supporter({
    products: [product],
    advisories: [{ ...advisory, ref: { ...advisory.ref, contested: true } }],
  })
  const byLowerRung = supporter({
    products: [{ ...product, ref: { ...product.ref, contested: true } }],
    advisories: [advisory],
  })
  const byAdherence = supporter({
    adherences: support({ ref: aRef(1, { contested: true }) }),
    products: [product],
    advisories: [advisory],
  })
  for (const record of [byAcknowledgement, byAdvisory, byLowerRung, byAdherence]) {
    const finding = findingOf('gids-8', record)
    assert.equal(finding?.level, 'evidenced')
    assert.deepEqual(finding?.flags, ['contested'])
  }
})

test('sixteen statements of a sort are cited, the latest first', () => {
  const products = Array.from({ length: 40 }, (_, position): ProductFact => ({ ...product, ref: aRef(100 + position) }))
  const cited = findingOf('gids-8', supporter({ products }))?.cites.filter((each) => each.as === 'policy')
  assert.deepEqual(
    cited?.map((each) => each.index),
    Array.from({ length: 16 }, (_, position) => 139 - position),
  )
})

test('a ruleset that this release does not carry is refused by name', () => {
  const request = aRequest({ ruleset: { version: '9', digest: `sha256:${'0'.repeat(64)}` } })
  assert.throws(
    () => assessParty(provider, request, memoryFacts([supporter()])),
    (error) => error instanceof AssessmentError && error.code === 'unknown-ruleset',
  )
})

test('a missing document stops the assessment instead of lowering a level', () => {
  const facts = memoryFacts([supporter()])
  const missing = {
    ...facts,
    advisories: () => {
      throw new AssessmentError('document-missing', 'the document of advisory 2026-1 is neither stored nor withheld')
    },
    products: () => [product],
  }
  assert.throws(() => assessParty(provider, aRequest(), missing), { code: 'document-missing' })
})
