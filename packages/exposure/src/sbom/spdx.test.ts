import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import type { Sbom } from './inventory.ts'
import { readSbom } from './read-sbom.ts'
import type { SbomLimits } from './sbom-limits.ts'

type Json = Readonly<Record<string, unknown>>

function read(document: Json, limits: Partial<SbomLimits> = {}): Promise<Sbom> {
  return readSbom(new TextEncoder().encode(JSON.stringify(document)), limits)
}

function spdx2(more: Json, limits: Partial<SbomLimits> = {}): Promise<Sbom> {
  return read({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', ...more }, limits)
}

function package2(name: string, purl?: string, more: Json = {}): Json {
  const externalRefs = [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }]
  return { SPDXID: `SPDXRef-${name}`, name, versionInfo: '1.0.0', ...(purl !== undefined && { externalRefs }), ...more }
}

function relation(from: string, relationshipType: string, to: string): Json {
  return { spdxElementId: `SPDXRef-${from}`, relationshipType, relatedSpdxElement: `SPDXRef-${to}` }
}

const context = 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld'

function package3(name: string, more: Json = {}): Json {
  return { type: 'software_Package', spdxId: `urn:x:${name}`, name, software_packageVersion: '1.0.0', ...more }
}

function needs(from: string, ...to: readonly string[]): Json {
  return { type: 'Relationship', from: `urn:x:${from}`, relationshipType: 'dependsOn', to: to.map((n) => `urn:x:${n}`) }
}

function paths(sbom: Sbom): readonly string[] {
  return sbom.components.map(({ path }) => path.join(' > '))
}

function found(sbom: Sbom): readonly string[] {
  return sbom.problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

describe('an SPDX 2.3 document', () => {
  it('becomes components with package URL, CPEs, type and place', async () => {
    const cpe = 'cpe:2.3:a:example:net:1.0.0:*:*:*:*:*:*:*'
    const sbom = await spdx2({
      documentNamespace: 'https://example.org/d',
      creationInfo: { created: '2026-11-01T00:00:00Z' },
      packages: [
        package2('app', undefined, { primaryPackagePurpose: 'OPERATING_SYSTEM', versionInfo: 'NOASSERTION' }),
        package2('net', undefined, {
          externalRefs: [
            { referenceCategory: 'PACKAGE_MANAGER', referenceType: 'purl', referenceLocator: 'pkg:npm/net@1.0.0' },
            { referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: cpe },
          ],
        }),
      ],
      relationships: [relation('DOCUMENT', 'DESCRIBES', 'app'), relation('net', 'RUNTIME_DEPENDENCY_OF', 'app')],
    })
    assert.deepEqual(sbom.problems, [])
    assert.deepEqual(sbom.components[1], {
      type: 'library',
      name: 'net',
      version: '1.0.0',
      purl: { type: 'npm', name: 'net', version: '1.0.0', qualifiers: {} },
      cpes: [cpe],
      pointer: '/packages/1',
      ref: 'SPDXRef-net',
      path: ['app', 'net@1.0.0'],
    })
    const { component, ...rest } = sbom.metadata
    assert.equal(component?.type, 'operating-system')
    assert.deepEqual(rest, {
      format: 'SPDX',
      specVersion: '2.3',
      serialNumber: 'https://example.org/d',
      timestamp: '2026-11-01T00:00:00Z',
    })
  })

  it('gives the same paths whichever way and in whichever order its relationships are written', async () => {
    const packages = ['app', 'a', 'b', 'c'].map((name) => package2(name, `pkg:npm/${name}@1.0.0`))
    const forms = [
      [relation('app', 'DEPENDS_ON', 'a'), relation('a', 'CONTAINS', 'b'), relation('b', 'STATIC_LINK', 'c')],
      [
        relation('c', 'BUILD_DEPENDENCY_OF', 'b'),
        relation('b', 'CONTAINED_BY', 'a'),
        relation('a', 'PACKAGE_OF', 'app'),
      ],
    ]
    for (const relationships of forms) {
      for (const members of [
        { documentDescribes: ['SPDXRef-app'], packages, relationships },
        { relationships, packages, documentDescribes: ['SPDXRef-app'] },
      ]) {
        const sbom = await spdx2(members)
        assert.equal(sbom.components[3]?.path.join(' > '), 'app@1.0.0 > a@1.0.0 > b@1.0.0 > c@1.0.0')
        assert.equal(sbom.metadata.component?.name, 'app')
      }
    }
  })

  it('leads paths through files, and does not take them for components', async () => {
    const sbom = await spdx2({
      files: [{ SPDXID: 'SPDXRef-f', fileName: './bin/hello' }],
      packages: [package2('z', 'pkg:npm/z@1.0.0')],
      relationships: [relation('f', 'DYNAMIC_LINK', 'z'), relation('f', 'CONTAINS', 'z')],
    })
    assert.deepEqual(paths(sbom), ['./bin/hello > z@1.0.0'])
  })

  it('reports cycles, duplicates, unknown references and half relationships, and drops no package', async () => {
    const sbom = await spdx2({
      packages: [
        package2('a', 'pkg:npm/a@1.0.0'),
        package2('b', 'nonsense'),
        package2('a'),
        { SPDXID: 'SPDXRef-n' },
        7,
      ],
      relationships: [
        relation('a', 'DEPENDS_ON', 'b'),
        relation('b', 'DEPENDS_ON', 'a'),
        relation('a', 'DEPENDS_ON', 'gone'),
        { spdxElementId: 'SPDXRef-a', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'DocumentRef-x:SPDXRef-y' },
        { spdxElementId: 'SPDXRef-a', relationshipType: 'CONTAINS', relatedSpdxElement: 'NOASSERTION' },
        { spdxElementId: 'SPDXRef-a' },
        null,
      ],
    })
    assert.deepEqual(
      sbom.components.map(({ name, ref }) => `${name} ${ref}`),
      ['a SPDXRef-a', 'b SPDXRef-b', 'a undefined'],
    )
    assert.deepEqual(found(sbom), [
      'bad-purl /packages/1/externalRefs/0/referenceLocator',
      'duplicate-ref /packages/2/SPDXID',
      'bad-component /packages/3/name',
      'bad-component /packages/4',
      'bad-relationship /relationships/5',
      'bad-relationship /relationships/6',
      'unknown-ref /relationships/2',
      'dependency-cycle /packages/1',
    ])
    assert.equal(sbom.total, 8)
  })

  it('says when its package URLs, or a CPE beside them, name another package or version', async () => {
    const locators = [
      ['purl', 'pkg:npm/a@1.0.0'],
      ['purl', 'pkg:npm/b@1.0.0'],
      ['cpe23Type', 'cpe:2.3:a:example:a:2.5:*:*:*:*:*:*:*'],
      ['cpe22Type', 'cpe:/a:example:a:3.0'],
      ['cpe22Type', 'nonsense'],
    ]
    const externalRefs = locators.map(([referenceType, referenceLocator]) => ({ referenceType, referenceLocator }))
    const sbom = await spdx2({ packages: [package2('a', undefined, { externalRefs })] })
    assert.equal(sbom.components[0]?.purl?.name, 'a')
    assert.equal(sbom.components[0]?.cpes?.length, 2)
    assert.deepEqual(found(sbom), [
      'purl-mismatch /packages/0/externalRefs/1/referenceLocator',
      'cpe-mismatch /packages/0/externalRefs/2/referenceLocator',
      'bad-cpe /packages/0/externalRefs/4/referenceLocator',
    ])
  })

  it('is refused in another version, or when a part is no array', async () => {
    await assert.rejects(spdx2({ spdxVersion: 'SPDX-1.2' }), { code: 'unsupported-sbom-version' })
    await assert.rejects(spdx2({ packages: {} }), { code: 'bad-sbom', pointer: '/packages' })
    await assert.rejects(read({ SPDXID: 'SPDXRef-DOCUMENT', packages: [] }), { code: 'not-an-sbom' })
    await assert.rejects(spdx2({ packages: [package2('a'), package2('b')] }, { components: 1 }), { code: 'too-many' })
    const files = [{ SPDXID: 'SPDXRef-f' }, { SPDXID: 'SPDXRef-g' }]
    await assert.rejects(spdx2({ files }, { components: 1 }), { code: 'too-many', pointer: '/files/1' })
    const relationships = [relation('a', 'CONTAINS', 'b'), relation('a', 'CONTAINS', 'c')]
    await assert.rejects(spdx2({ relationships }, { edges: 1 }), { code: 'too-many', pointer: '/relationships/1' })
  })
})

describe('an SPDX 3.0 document', () => {
  it('becomes components with package URL, CPEs, type and place', async () => {
    const cpe = 'cpe:2.3:a:example:net:1.0.0:*:*:*:*:*:*:*'
    const sbom = await read({
      '@context': context,
      '@graph': [
        { type: 'CreationInfo', '@id': '_:c', specVersion: '3.0.1', created: '2026-11-01T00:00:00Z' },
        { type: 'SpdxDocument', spdxId: 'urn:x:doc', rootElement: ['urn:x:sbom'] },
        { type: 'software_Sbom', spdxId: 'urn:x:sbom', rootElement: ['urn:x:app'] },
        needs('app', 'net'),
        package3('app', { software_primaryPurpose: 'operatingSystem' }),
        package3('net', {
          software_packageUrl: 'pkg:npm/net@1.0.0',
          externalIdentifier: [{ type: 'ExternalIdentifier', externalIdentifierType: 'cpe23', identifier: cpe }],
        }),
      ],
    })
    assert.deepEqual(sbom.problems, [])
    assert.deepEqual(paths(sbom), ['app@1.0.0', 'app@1.0.0 > net@1.0.0'])
    assert.equal(sbom.components[0]?.type, 'operating-system')
    assert.deepEqual(sbom.components[1]?.cpes, [cpe])
    assert.equal(sbom.components[1]?.purl?.name, 'net')
    const { component, ...rest } = sbom.metadata
    assert.equal(component?.name, 'app')
    assert.deepEqual(rest, {
      format: 'SPDX',
      specVersion: '3.0',
      serialNumber: 'urn:x:doc',
      timestamp: '2026-11-01T00:00:00Z',
    })
  })

  it('is read the same with elements in their place, full type names and a package URL as identifier', async () => {
    const type = 'https://spdx.org/rdf/3.0.1/terms/Software/Package'
    const identifier = { externalIdentifierType: 'packageUrl', identifier: 'pkg:npm/net@1.0.0' }
    const sbom = await read({
      '@context': [context],
      '@graph': [
        {
          type: 'https://spdx.org/rdf/3.0.1/terms/Core/Relationship',
          from: package3('app'),
          relationshipType: 'hasStaticLink',
          to: { '@type': type, '@id': 'urn:x:net', name: 'net', externalIdentifier: [identifier] },
        },
      ],
    })
    assert.deepEqual(paths(sbom), ['app@1.0.0', 'app@1.0.0 > net@1.0.0'])
    assert.deepEqual(
      sbom.components.map(({ pointer, ref }) => `${pointer} ${ref}`),
      ['/@graph/0/from urn:x:app', '/@graph/0/to urn:x:net'],
    )
    assert.equal(sbom.components[1]?.purl?.name, 'net')
  })

  it('reports what cannot be used, and knows what another document holds', async () => {
    const sbom = await read({
      '@context': context,
      '@graph': [
        { type: 'SpdxDocument', spdxId: 'urn:x:doc', import: [{ externalSpdxId: 'urn:x:far' }] },
        package3('a'),
        package3('a'),
        needs('a', 'far', 'gone', 'a'),
        { type: 'Relationship', from: 'urn:x:a', relationshipType: 'contains', to: ['NoneElement'] },
        { type: 'Relationship', relationshipType: 'contains' },
        { type: 'software_File' },
        { spdxId: 'urn:x:b' },
        'text',
      ],
    })
    assert.deepEqual(found(sbom), [
      'duplicate-ref /@graph/2/spdxId',
      'bad-relationship /@graph/5',
      'bad-component /@graph/6/spdxId',
      'bad-component /@graph/7/type',
      'bad-component /@graph/8',
      'unknown-ref /@graph/3',
      'dependency-cycle /@graph/1',
    ])
    assert.equal(sbom.components.length, 2)
  })

  it('is refused in another version, with a foreign context, and without a graph', async () => {
    const later = 'https://spdx.org/rdf/4.0.0/spdx-context.jsonld'
    await assert.rejects(read({ '@context': later, '@graph': [] }), { code: 'unsupported-sbom-version' })
    await assert.rejects(read({ '@context': 'https://example.org/', '@graph': [] }), { code: 'not-an-sbom' })
    await assert.rejects(read({ '@context': context }), { code: 'not-an-sbom' })
    await assert.rejects(read({ '@context': context, '@graph': {} }), { code: 'bad-sbom', pointer: '/@graph' })
  })
})

describe('SPDX, by property', () => {
  const name = fc.constantFrom('app', 'a', 'b', 'DOCUMENT', '')
  const anything = fc.jsonValue({ maxDepth: 2 })
  const odd = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: anything })
  const second = fc.record(
    {
      packages: odd(fc.array(odd(fc.tuple(name, name).map(([n, p]) => package2(n, `pkg:npm/${p}@1.0.0`))))),
      files: odd(fc.array(odd(name.map((n) => ({ SPDXID: `SPDXRef-${n}` }))))),
      relationships: odd(
        fc.array(
          odd(
            fc
              .tuple(name, fc.constantFrom('DEPENDS_ON', 'CONTAINED_BY', 'DESCRIBES', 'X'), name)
              .map((parts) => relation(...parts)),
          ),
        ),
      ),
      documentDescribes: odd(fc.array(odd(name))),
    },
    { requiredKeys: [] },
  )
  const element = fc.oneof(
    name.map((n) => package3(n)),
    fc.tuple(name, name).map(([from, to]) => needs(from, to)),
    fc.record({
      type: fc.constantFrom('SpdxDocument', 'software_File', 'X'),
      rootElement: odd(name),
      spdxId: odd(name),
    }),
  )
  const third = odd(fc.array(odd(element))).map((graph) => ({ '@context': context, '@graph': graph }))

  it('any-document-is-read-or-refused, and every problem is counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          second.map((more) => ({ spdxVersion: 'SPDX-2.3', ...more })),
          third,
        ),
        async (document) => {
          try {
            const sbom = await read(document)
            assert.equal(
              Object.values(sbom.counts).reduce((sum, count) => sum + count, 0),
              sbom.total,
            )
            for (const { path } of sbom.components) assert.ok(path.length > 0)
          } catch (error) {
            assert.ok(error instanceof ExposureError, String(error))
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})
