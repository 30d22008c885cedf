import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import type { Sbom } from './inventory.ts'
import { readSbom } from './read-sbom.ts'
import type { SbomLimits } from './sbom-limits.ts'

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}

function read(more: Readonly<Record<string, unknown>>, limits: Partial<SbomLimits> = {}): Promise<Sbom> {
  return readSbom(bytesOf({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, ...more }), limits)
}

function library(name: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return { type: 'library', 'bom-ref': name, name, version: '1.0.0', purl: `pkg:npm/${name}@1.0.0`, ...more }
}

function found(sbom: Sbom): readonly string[] {
  return sbom.problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

function pathOf(sbom: Sbom, name: string): string {
  return sbom.components.find((component) => component.name === name)?.path.join(' > ') ?? 'not there'
}

const root = {
  metadata: { timestamp: '2026-11-01T00:00:00Z', component: { type: 'application', name: 'app', 'bom-ref': 'app' } },
}

describe('readSbom', () => {
  it('reads components with their package URL, version and place', async () => {
    const sbom = await read({
      ...root,
      serialNumber: 'urn:uuid:1',
      components: [library('a'), { type: 'file', name: 'readme' }],
    })
    assert.deepEqual(sbom.components[0], {
      type: 'library',
      name: 'a',
      version: '1.0.0',
      purl: { type: 'npm', name: 'a', version: '1.0.0', qualifiers: {} },
      ref: 'a',
      path: ['a@1.0.0'],
      pointer: '/components/0',
    })
    assert.equal(sbom.metadata.component?.name, 'app')
    assert.equal(sbom.metadata.serialNumber, 'urn:uuid:1')
    assert.equal(sbom.metadata.timestamp, '2026-11-01T00:00:00Z')
    assert.equal(sbom.withoutPurl, 1)
    assert.equal(sbom.total, 0)
  })

  for (const specVersion of ['1.4', '1.5', '1.6', '1.7']) {
    it(`reads CycloneDX ${specVersion}`, async () => {
      assert.equal((await read({ specVersion })).metadata.specVersion, specVersion)
    })
  }

  const refused: readonly (readonly [what: string, code: string, pointer: string, value: unknown])[] = [
    ['an array', 'not-json', '', []],
    ['an object that is none', 'not-an-sbom', '', { hello: 1 }],
    ['another format', 'not-an-sbom', '/bomFormat', { bomFormat: 'SPDX' }],
    ['two formats in one', 'not-an-sbom', '/spdxVersion', { bomFormat: 'CycloneDX', spdxVersion: 'SPDX-2.3' }],
    ['a document inside another', 'not-an-sbom', '/sbom', { sbom: { spdxVersion: 'SPDX-2.3' } }],
    ['CycloneDX 1.3', 'unsupported-sbom-version', '/specVersion', { bomFormat: 'CycloneDX', specVersion: '1.3' }],
    ['a missing version', 'unsupported-sbom-version', '', { bomFormat: 'CycloneDX' }],
    [
      'components that are no array',
      'bad-sbom',
      '/components',
      { bomFormat: 'CycloneDX', specVersion: '1.6', components: {} },
    ],
    [
      'metadata that is no object',
      'bad-sbom',
      '/metadata',
      { bomFormat: 'CycloneDX', specVersion: '1.6', metadata: [] },
    ],
  ]
  for (const [what, code, pointer, value] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(
        readSbom(bytesOf(value)),
        (error) => error instanceof ExposureError && error.code === code && error.pointer === pointer,
      )
    })
  }

  for (const [what, text, says] of [
    ['an empty file', '', 'it is empty'],
    ['blanks', ' \n', 'it is empty'],
    ['XML', '<?xml version="1.0"?><bom/>', 'it begins like XML'],
    ['prose', 'no SBOM', 'it begins with something else than {'],
    ['a file that was cut off', '{"bomFormat": "CycloneDX"', 'the document is cut off'],
  ] as const) {
    it(`says of ${what} what it is`, async () => {
      const message = `this is not a JSON object: ${says}`
      await assert.rejects(readSbom(new TextEncoder().encode(text)), { code: 'not-json', message })
    })
  }

  it('says and counts every bad package URL and version, and drops no component', async () => {
    const sbom = await read({
      components: [
        library('a', { purl: 'npm/a@1.0.0' }),
        library('b', { purl: 'pkg:npm/b@latest', version: 'latest' }),
        library('c', { purl: 'pkg:npm/c', version: undefined }),
        library('d', { purl: 'pkg:npm/d@1.0.0', version: '2.0.0' }),
        library('e', { purl: 7, components: [library('f', { purl: 'pkg:npm/%' })] }),
        library('g', { purl: 'pkg:golang/g@v1.0.0', version: '1.0.0' }),
        library('h', { purl: 'pkg:deb/debian/h@whatever' }),
      ],
    })
    assert.deepEqual(found(sbom), [
      'bad-purl /components/0/purl',
      'bad-version /components/1/purl',
      'version-missing /components/2',
      'version-mismatch /components/3/version',
      'bad-purl /components/4/purl',
      'bad-purl /components/4/components/0/purl',
      'bad-version /components/6/purl',
    ])
    assert.deepEqual(sbom.counts, { 'bad-purl': 3, 'bad-version': 2, 'version-missing': 1, 'version-mismatch': 1 })
    assert.equal(sbom.components.length, 8)
    assert.equal(sbom.components[3]?.version, '1.0.0')
  })

  it('knows an RPM version with its epoch and the package URL with the epoch as a qualifier for one', async () => {
    const sbom = await read({
      components: [
        library('a', { purl: 'pkg:rpm/redhat/a@6.1.2-10.el8?epoch=1', version: '1:6.1.2-10.el8' }),
        library('b', { purl: 'pkg:rpm/redhat/b@6.1.2-10.el8?epoch=1', version: '6.1.2-10.el8' }),
        library('c', { purl: 'pkg:rpm/redhat/c@6.1.2-10.el8?epoch=1', version: '2:6.1.2-10.el8' }),
      ],
    })
    assert.deepEqual(found(sbom), ['version-mismatch /components/2/version'])
  })

  it('says what is no component at all', async () => {
    const sbom = await read({ components: [7, {}, { purl: 'pkg:npm/named@1.0.0' }, { name: 'x', version: 1 }] })
    assert.deepEqual(found(sbom), [
      'bad-component /components/0',
      'bad-component /components/1/name',
      'bad-component /components/3/version',
    ])
    assert.deepEqual(
      sbom.components.map(({ name }) => name),
      ['named', 'x'],
    )
  })

  it('keeps counting when it no longer keeps the texts', async () => {
    const components = Array.from({ length: 50 }, (_, i) => library(`c${i}`, { purl: 'none' }))
    const sbom = await read({ components }, { problems: 10 })
    assert.equal(sbom.problems.length, 10)
    assert.equal(sbom.total, 50)
    assert.equal(sbom.counts['bad-purl'], 50)
  })
})

describe('the path of a component', () => {
  it('is a shortest one from the root, whatever the order of the document', async () => {
    const dependencies = [
      { ref: 'app', dependsOn: ['a', 'b'] },
      { ref: 'a', dependsOn: ['b', 'c'] },
      { ref: 'b', dependsOn: ['d'] },
      { ref: 'c', dependsOn: ['d'] },
    ]
    const components = ['a', 'b', 'c', 'd'].map((name) => library(name))
    const sbom = await read({ dependencies, components, ...root })
    assert.equal(pathOf(sbom, 'd'), 'app > b@1.0.0 > d@1.0.0')
    assert.equal(pathOf(sbom, 'c'), 'app > a@1.0.0 > c@1.0.0')
    assert.equal(sbom.dependencies, 6)
    assert.equal(sbom.total, 0)
  })

  it('leads through containers and services', async () => {
    const sbom = await read({
      ...root,
      services: [{ name: 'api', 'bom-ref': 'api' }],
      components: [library('a', { components: [library('b')] }), library('c')],
      dependencies: [
        { ref: 'app', dependsOn: ['api', 'a'] },
        { ref: 'api', dependsOn: ['c'] },
      ],
    })
    assert.equal(pathOf(sbom, 'b'), 'app > a@1.0.0 > b@1.0.0')
    assert.equal(pathOf(sbom, 'c'), 'app > api > c@1.0.0')
    assert.equal(sbom.total, 0)
  })

  it('is shortened in its middle', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`)
    const sbom = await read(
      {
        components: names.map((name) => library(name)),
        dependencies: names.slice(1).map((name, i) => ({ ref: `n${i}`, dependsOn: [name] })),
      },
      { pathLength: 4 },
    )
    assert.equal(pathOf(sbom, 'n2'), 'n0@1.0.0 > n1@1.0.0 > n2@1.0.0')
    assert.equal(pathOf(sbom, 'n19'), '… > n17@1.0.0 > n18@1.0.0 > n19@1.0.0')
  })

  it('survives cycles, and they are reported', async () => {
    const sbom = await read({
      ...root,
      components: ['a', 'b', 'c', 'd', 'e'].map((name) => library(name)),
      dependencies: [
        { ref: 'app', dependsOn: ['a'] },
        { ref: 'a', dependsOn: ['b'] },
        { ref: 'b', dependsOn: ['a'] },
        { ref: 'c', dependsOn: ['c'] },
        { ref: 'd', dependsOn: ['e'] },
        { ref: 'e', dependsOn: ['d'] },
      ],
    })
    assert.equal(sbom.counts['dependency-cycle'], 3)
    assert.equal(pathOf(sbom, 'b'), 'app > a@1.0.0 > b@1.0.0')
    assert.equal(pathOf(sbom, 'e'), 'd@1.0.0 > e@1.0.0')
    assert.equal(pathOf(sbom, 'c'), 'c@1.0.0')
  })

  it('survives duplicate and unknown references, and they are reported', async () => {
    const sbom = await read({
      ...root,
      components: [library('a'), library('b', { 'bom-ref': 'a' }), library('c')],
      dependencies: [
        { ref: 'app', dependsOn: ['a', 'gone', 'urn:cdx:other/1#x'] },
        { ref: 'app', dependsOn: ['c'] },
        { ref: 'lost', dependsOn: ['a'] },
        { dependsOn: ['a'] },
        { ref: 'c', dependsOn: [1] },
      ],
    })
    assert.deepEqual(found(sbom), [
      'duplicate-ref /components/1/bom-ref',
      'bad-dependency /dependencies/3',
      'bad-dependency /dependencies/4/dependsOn',
      'unknown-ref /dependencies/0/dependsOn/1',
      'duplicate-dependency /dependencies/1/ref',
      'unknown-ref /dependencies/2/ref',
    ])
    assert.equal(pathOf(sbom, 'c'), 'app > c@1.0.0')
    assert.equal(sbom.components[1]?.ref, undefined)
  })

  it('is found in a chain of 50,000 without a deep stack', async () => {
    const names = Array.from({ length: 50_000 }, (_, i) => `n${i}`)
    const sbom = await read({
      components: names.map((name) => ({ type: 'library', name, 'bom-ref': name })),
      dependencies: names.slice(1).map((name, i) => ({ ref: `n${i}`, dependsOn: [name] })),
    })
    assert.equal(sbom.components.at(-1)?.path.length, 32)
    assert.equal(sbom.total, 0)
  })
})

describe('the limits of readSbom', () => {
  const three = { components: ['a', 'b', 'c'].map((name) => library(name)) }
  const limited: readonly (readonly [Partial<SbomLimits>, string, Readonly<Record<string, unknown>>])[] = [
    [{ bytes: 50 }, 'too-large', three],
    [{ elementBytes: 50 }, 'too-large', three],
    [{ components: 2 }, 'too-many', three],
    [{ edges: 2 }, 'too-many', { dependencies: [{ ref: 'a', dependsOn: ['a', 'b', 'c'] }] }],
    [{ depth: 2 }, 'too-deep', { components: [library('a', { components: [library('b')] })] }],
  ]
  for (const [limits, code, document] of limited) {
    it(`refuse at ${JSON.stringify(limits)}`, async () => {
      await assert.rejects(read(document, limits), (error) => error instanceof ExposureError && error.code === code)
    })
  }

  it('refuse a file of two gigabytes after the octets that are read at most', async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(0x20)
    let given = 0
    async function* file(): AsyncGenerator<Uint8Array> {
      for (; given < 2048; given += 1) yield chunk
    }
    await assert.rejects(readSbom(file(), { bytes: 8 * chunk.length }), { code: 'too-large' })
    assert.equal(given, 8)
  })

  it('let a document be much larger than what is in memory at a time', async () => {
    const filler = 'x'.repeat(64 * 1024)
    let sent = 0
    async function* document(): AsyncGenerator<Uint8Array> {
      const encoder = new TextEncoder()
      yield encoder.encode('{"bomFormat":"CycloneDX","specVersion":"1.7","components":[{"name":"c"}')
      for (let i = 0; i < 400; i += 1) {
        const chunk = encoder.encode(`,${JSON.stringify({ name: `c${i}`, description: filler })}`)
        sent += chunk.length
        yield chunk
      }
      yield encoder.encode(']}')
    }
    // No element may be larger than two of these, while the document has 25 MB.
    const sbom = await readSbom(document(), { elementBytes: 2 * filler.length })
    assert.equal(sbom.components.length, 401)
    assert.ok(sent > 25_000_000)
  })
})

describe('readSbom, by property', () => {
  const ref = fc.constantFrom('a', 'b', 'c', 'd', 'app', '', '…')
  const anything = fc.jsonValue({ maxDepth: 2 })
  const component = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record(
        {
          name: ref,
          'bom-ref': ref,
          purl: fc.oneof(
            anything,
            fc.string().map((s) => `pkg:npm/${s}`),
          ),
          version: anything,
        },
        { requiredKeys: [] },
      ),
    },
    { weight: 1, arbitrary: anything },
  )
  const dependency = fc.oneof(
    { weight: 4, arbitrary: fc.record({ ref, dependsOn: fc.array(ref, { maxLength: 4 }) }) },
    { weight: 1, arbitrary: anything },
  )
  const document = fc.record(
    {
      metadata: fc.oneof(anything, fc.record({ component })),
      components: fc.array(component, { maxLength: 6 }),
      services: fc.array(anything, { maxLength: 2 }),
      dependencies: fc.array(dependency, { maxLength: 6 }),
    },
    { requiredKeys: [] },
  )

  it('any-document-is-read-or-refused, and every problem is counted', async () => {
    await fc.assert(
      fc.asyncProperty(document, async (more) => {
        try {
          const sbom = await read(more)
          const counted = Object.values(sbom.counts).reduce((sum, count) => sum + count, 0)
          assert.equal(counted, sbom.total)
          assert.equal(sbom.problems.length, sbom.total)
          for (const { path } of sbom.components) assert.ok(path.length > 0)
        } catch (error) {
          assert.ok(error instanceof ExposureError, String(error))
        }
      }),
      { numRuns: 1500 },
    )
  })
})
