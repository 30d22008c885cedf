import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  crosswalk,
  edition,
  type ExportedParty,
  instruments,
  laterId,
  laterVersions,
  markup,
  norms,
  objectiveId,
  oscalCatalog,
  oscalCatalogOf,
  oscalMapping,
  oscalMappingOf,
  oscalNormsCatalog,
  oscalProfile,
  type Bond,
  servedBelow,
  uuidOf,
} from '../index.ts'
import { assertOscal } from './oscal.fixture.ts'
import { sha1 } from './sha1.ts'

const party: ExportedParty = { urn: `urn:comity:party:${'a'.repeat(64)}`, name: 'Republic of the North', type: 'state' }

function bond(more: Partial<Bond> = {}): Bond {
  return {
    instrument: 'code',
    form: 'adherence',
    id: 'b'.repeat(64),
    origin: 'log.north.example/a',
    index: 4,
    at: 1_790_000_000,
    declarations: [],
    reservations: [],
    ...more,
  }
}

/** The profile of a party for which there is one. */
function profileOf(bonds: readonly Bond[], at = 1_790_000_000, who = party) {
  const found = oscalProfile(who, bonds, at)
  assert.ok(found)
  assertOscal(found, 'profile')
  return found.profile
}

test('SHA-1 is that of Node, for every length around a block', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.deepEqual(Buffer.from(sha1(bytes)), createHash('sha1').update(bytes).digest())
    }),
  )
  for (const length of [0, 55, 56, 63, 64, 65, 119, 120]) {
    const bytes = new Uint8Array(length).fill(0xa5)
    assert.deepEqual(Buffer.from(sha1(bytes)), createHash('sha1').update(bytes).digest(), String(length))
  }
})

test('a UUID is that of RFC 9562 for a URL, and of one URN always the same', () => {
  // The example of RFC 9562 appendix A.4 is of a DNS name; this one is by Python's uuid.uuid5(NAMESPACE_URL, …).
  assert.equal(uuidOf('https://example.org/'), '527dda32-a0de-5105-a042-cb475b5f7d11')
  assert.equal(uuidOf('urn:comity:instrument:code'), uuidOf('urn:comity:instrument:code'))
})

test('every instrument is a catalog with one control for each provision, and says where the text is to be had', () => {
  for (const instrument of instruments) {
    const document = oscalCatalog(instrument)
    assertOscal(document, 'catalog')
    const { groups, 'back-matter': back } = document.catalog
    const controls = groups.flatMap((each) => each.controls)
    assert.deepEqual(
      controls.map(({ id }) => id),
      instrument.provisions.map(({ id }) => id),
    )
    const [text] = back.resources
    assert.equal(
      text?.rlinks?.[0]?.href,
      instrument.symbol === null ? undefined : `https://undocs.org/${instrument.symbol}`,
    )
    assert.ok(text?.citation?.text.includes('letter'))
    for (const [i, { parts, links }] of controls.entries()) {
      assert.deepEqual(
        parts.map(({ name }) => name),
        ['statement', 'guidance', 'assessment-objective'],
      )
      assert.equal(parts[0]?.parts?.length, instrument.provisions[i]?.binds.length)
      assert.equal(links?.[0]?.href, `#${text?.uuid}`)
    }
  }
})

test('a pledge not to do has no rungs among its objectives', () => {
  for (const instrument of instruments) {
    const { groups } = oscalCatalog(instrument).catalog
    for (const { id, duty } of instrument.provisions) {
      const control = groups[0]?.controls.find((each) => each.id === id)
      const rungs = control?.parts.at(-1)?.parts?.map((each) => each.id)
      const all = (['declared', 'evidenced', 'verified'] as const).map((rung) => objectiveId(id, rung))
      assert.deepEqual(rungs, duty === 'not-to-do' ? undefined : all)
    }
  }
})

test('the mapping has every line of the crosswalk, in words of OSCAL, and names what has no counterpart', () => {
  const targets = oscalNormsCatalog().catalog.groups.flatMap((each) => each.controls.map(({ id }) => id))
  assertOscal(oscalNormsCatalog(), 'catalog')
  assert.equal(targets.length, norms.length)
  let lines = 0
  for (const instrument of instruments) {
    const document = oscalMapping(instrument)
    assertOscal(document, 'mapping-collection')
    for (const mapping of document['mapping-collection'].mappings) {
      lines += mapping.maps.length
      const mapped = mapping.maps.flatMap(({ sources }) => sources.map((each) => each['id-ref']))
      const unmapped = mapping['source-gap-summary']?.['unmapped-controls'].flatMap((each) => each['with-ids']) ?? []
      assert.deepEqual(
        [...new Set([...mapped, ...unmapped])].toSorted(),
        instrument.provisions.map(({ id }) => id).toSorted(),
      )
      for (const { targets: to } of mapping.maps) assert.ok(to.every((each) => targets.includes(each['id-ref'])))
    }
  }
  assert.equal(lines, crosswalk.length)
  const [norm] =
    oscalMapping(instrumentOf('code'))['mapping-collection'].mappings[0]?.maps.filter(
      ({ sources, targets: to }) => sources[0]?.['id-ref'] === 'code-b' && to[0]?.['id-ref'] === 'norm-f',
    ) ?? []
  assert.equal(norm?.relationship, 'superset-of')
})

function instrumentOf(id: string) {
  const found = instruments.find((each) => each.id === id)
  assert.ok(found)
  return found
}

test('a later version is a catalog of its own, and its mapping says what was kept, changed, added and dropped', () => {
  for (const later of laterVersions) {
    const id = laterId(later)
    const catalog = oscalCatalogOf(id)
    const mapping = oscalMappingOf(id)
    assert.ok(catalog && mapping)
    assertOscal(catalog, 'catalog')
    assertOscal(mapping, 'mapping-collection')
    const controls = catalog.catalog.groups.flatMap((each) => each.controls.map((control) => control.id))
    assert.equal(controls.length, later.paragraphs.length)
    const [found] = mapping['mapping-collection'].mappings
    const sources = found?.maps.flatMap((each) => each.sources.map((source) => source['id-ref'])) ?? []
    const unmapped = found?.['source-gap-summary']?.['unmapped-controls'].flatMap((each) => each['with-ids']) ?? []
    assert.deepEqual([...sources, ...unmapped].toSorted(), controls.toSorted())
    for (const { provision } of later.dropped) assert.ok(found?.remarks?.includes(provision))
    const wider = later.paragraphs.find(({ relation }) => relation === 'wider')
    const line = found?.maps.find((each) => each.sources[0]?.['id-ref'] === `${id}-${wider?.number}`)
    assert.equal(line?.relationship, wider === undefined ? undefined : 'superset-of')
  }
  assert.equal(oscalCatalogOf('code-1999'), undefined)
  assert.equal(oscalMappingOf('norms'), undefined)
})

test('a profile imports what binds a party of its type, and a reserved provision stays in with the reservation beside it', () => {
  const profile = profileOf([
    bond({
      reservations: [{ provision: 'code-c', text: 'As *our* constitution has it.' }],
      declarations: [{ provision: 'code-a', text: 'We read this with the Charter.' }],
    }),
  ])
  const ids = profile.imports.flatMap((each) => each['include-controls'].flatMap((some) => some['with-ids']))
  assert.equal(ids.length, 11)
  assert.deepEqual(
    profile.modify?.alters.map((each) => each['control-id']),
    ['code-a', 'code-c'],
  )
  const [reservation] = profile.modify?.alters[1]?.adds[0]?.parts ?? []
  assert.equal(reservation?.name, 'reservation')
  assert.equal(reservation?.prose, 'As \\*our\\* constitution has it.')
  const provider = profileOf([bond({ form: 'support' })], undefined, { ...party, type: 'provider' })
  assert.deepEqual(provider.imports[0]?.['include-controls'][0]?.['with-ids'], ['code-d', 'code-h'])
})

test('a bond ends after the second that its withdrawal set, and who is bound by nothing has no profile', () => {
  const ending = bond({ withdrawnAfter: 1_800_000_000 })
  assert.equal(profileOf([ending], 1_800_000_000).metadata.props?.at(-1)?.value, '2027-01-15T08:00:00Z')
  assert.equal(oscalProfile(party, [ending], 1_800_000_001), undefined)
  assert.equal(oscalProfile(party, [], 1_800_000_000), undefined)
})

test('exports follow from their data alone, wherever and whenever they are written', () => {
  const made = () =>
    JSON.stringify([instruments.map((each) => [oscalCatalog(each), oscalMapping(each)]), profileOf([bond()])])
  assert.equal(made(), made())
  const served = JSON.stringify(oscalMapping(instrumentOf('gids'), servedBelow('https://log.example.org/api/v1')))
  assert.ok(served.includes('"https://log.example.org/api/v1/instruments/gids/oscal/catalog"'))
  assert.ok(served.includes('"https://log.example.org/api/v1/norms/oscal/catalog"'))
})

test('whatever a party calls itself and writes, its profile keeps to the forms of OSCAL', () => {
  const text = fc.string({ unit: 'binary', maxLength: 80 })
  fc.assert(
    fc.property(
      text,
      text,
      fc.array(fc.constantFrom('code-a', 'code-c', 'gids-1'), { maxLength: 3 }),
      (name, words, ids) => {
        const said = [...new Set(ids)].map((provision) => ({ provision, text: words === '' ? '-' : words }))
        const found = oscalProfile(
          { ...party, name },
          [bond({ declarations: said, reservations: said })],
          1_790_000_000,
        )
        assert.ok(found)
        assertOscal(found, 'profile')
      },
    ),
    { numRuns: 40 },
  )
})

test('somebody’s words cannot become markup', () => {
  assert.equal(
    markup('![x](javascript:1) <img> {{ insert: x }} &lt;'),
    '!\\[x\\](javascript:1) \\<img\\> \\{\\{ insert: x \\}\\} \\&lt;',
  )
})

test('what the exports say has changed only together with the edition', () => {
  const said = instruments
    .filter(({ id }) => id === 'code' || id === 'gids')
    .map((each) => [oscalCatalog(each), oscalMapping(each)])
  const digest = createHash('sha256')
    .update(JSON.stringify([said, oscalNormsCatalog()]))
    .digest('hex')
  assert.deepEqual(
    { ...edition, digest },
    {
      version: '1',
      modified: '2026-11-22T00:00:00Z',
      digest: '729c895d4e4b2963c39572efb4170a6262e9a135367f65281a14dd60375dc0fb',
    },
    'set the next version and its day in edition.ts, and then this digest',
  )
})
