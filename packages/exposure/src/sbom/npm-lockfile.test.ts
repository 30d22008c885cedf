import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { ExposureError } from '../exposure-error.ts'
import { sbomFromNpmLockfile } from './npm-lockfile.ts'
import { readSbom } from './read-sbom.ts'

const small = {
  name: 'app',
  version: '2.0.0',
  lockfileVersion: 3,
  packages: {
    '': {
      name: 'app',
      version: '2.0.0',
      license: 'Apache-2.0',
      workspaces: ['packages/*'],
      dependencies: { left: '^1.0.0' },
      devDependencies: { tester: '1.0.0' },
      optionalDependencies: { native: '1.0.0' },
    },
    'node_modules/@app/core': { resolved: 'packages/core', link: true },
    'packages/core': { name: '@app/core', version: '0.1.0', dependencies: { right: '^2.0.0' } },
    'node_modules/left': { version: '1.0.0', dependencies: { right: '^1.0.0' }, license: 'SEE LICENSE IN FILE' },
    'node_modules/left/node_modules/right': { version: '1.5.0', license: '(MIT OR Apache-2.0)' },
    'node_modules/right': { version: '2.0.0', integrity: 'sha512-AAAA sha1-////', peerDependencies: { absent: '*' } },
    'node_modules/tester': { version: '1.0.0', dev: true, dependencies: { alias: 'npm:left@1.0.0' } },
    'node_modules/alias': { name: 'left', version: '1.0.0', dev: true, dependencies: { right: '^2.0.0' } },
    'node_modules/forked': { version: '3.0.0', resolved: 'git+ssh://git@example.org/f.git#0123', extraneous: true },
  },
}

describe('sbomFromNpmLockfile', () => {
  const bom = sbomFromNpmLockfile(small)

  it('names every package once, with scope, hashes and licences', () => {
    assert.deepEqual(
      bom.components.map((component) => `${component['bom-ref']} ${component.scope}`),
      [
        'pkg:npm/%40app/core@0.1.0 required',
        'pkg:npm/forked@3.0.0?vcs_url=git%2Bssh:%2F%2Fgit%40example.org%2Ff.git%230123 required',
        'pkg:npm/left@1.0.0 required',
        'pkg:npm/right@1.5.0 required',
        'pkg:npm/right@2.0.0 required',
        'pkg:npm/tester@1.0.0 excluded',
      ],
    )
    const right = bom.components.find((component) => component.purl === 'pkg:npm/right@2.0.0')
    assert.deepEqual(right?.hashes, [
      { alg: 'SHA-512', content: '000000' },
      { alg: 'SHA-1', content: 'ffffff' },
    ])
    assert.deepEqual(bom.components[2]?.licenses, [{ license: { name: 'SEE LICENSE IN FILE' } }])
    assert.deepEqual(bom.components[3]?.licenses, [{ expression: '(MIT OR Apache-2.0)' }])
  })

  it('resolves dependencies as Node does, through links, nested folders and aliases', () => {
    const of = (ref: string): readonly string[] => bom.dependencies.find((entry) => entry.ref === ref)?.dependsOn ?? []
    assert.deepEqual(of('pkg:npm/app@2.0.0'), [
      'pkg:npm/%40app/core@0.1.0',
      'pkg:npm/left@1.0.0',
      'pkg:npm/tester@1.0.0',
    ])
    assert.deepEqual(of('pkg:npm/%40app/core@0.1.0'), ['pkg:npm/right@2.0.0'])
    assert.deepEqual(of('pkg:npm/left@1.0.0'), ['pkg:npm/right@1.5.0', 'pkg:npm/right@2.0.0'])
    assert.deepEqual(of('pkg:npm/tester@1.0.0'), ['pkg:npm/left@1.0.0'])
  })

  it('has a timestamp only when it is given one', () => {
    assert.equal(bom.metadata.timestamp, undefined)
    const timestamp = '2026-11-21T00:00:00Z'
    assert.equal(sbomFromNpmLockfile(small, { timestamp }).metadata.timestamp, timestamp)
  })

  const refused: readonly (readonly [what: string, pointer: string, value: unknown])[] = [
    ['no object', '', []],
    ['an old lockfile', '/lockfileVersion', { lockfileVersion: 1, dependencies: {} }],
    ['no packages', '/packages', { lockfileVersion: 3 }],
    ['no root package', '/packages', { lockfileVersion: 3, packages: {} }],
    [
      'a package without a version',
      '/packages/node_modules~1a',
      { lockfileVersion: 3, packages: { '': { name: 'x' }, 'node_modules/a': {} } },
    ],
    [
      'a dependency that is not there',
      '/packages//dependencies/a',
      { lockfileVersion: 3, packages: { '': { name: 'x', dependencies: { a: '1' } } } },
    ],
  ]
  for (const [what, pointer, value] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => sbomFromNpmLockfile(value),
        (error) => error instanceof ExposureError && error.code === 'not-a-lockfile' && error.pointer === pointer,
      )
    })
  }
})

describe('the SBOM of this project', async () => {
  const lockfile: unknown = JSON.parse(
    await readFile(new URL('../../../../package-lock.json', import.meta.url), 'utf8'),
  )
  const bom = sbomFromNpmLockfile(lockfile)
  const bytes = new TextEncoder().encode(JSON.stringify(bom))

  it('is read back without a single problem', async () => {
    const sbom = await readSbom(bytes)
    assert.deepEqual(sbom.problems, [])
    assert.equal(sbom.components.length, bom.components.length)
    assert.equal(sbom.withoutPurl, 0)
    assert.equal(sbom.metadata.component?.name, 'comity')
  })

  it('leads from the project to every component', async () => {
    const sbom = await readSbom(bytes)
    for (const { path } of sbom.components) assert.equal(path[0], 'comity@0.1.0')
    const semver = sbom.components.find(({ name, group }) => name === 'semver' && group === undefined)
    assert.deepEqual(semver?.path.at(-2), '@comity/exposure@0.1.0')
  })

  it('is the same every time', () => {
    assert.equal(JSON.stringify(sbomFromNpmLockfile(lockfile)), JSON.stringify(bom))
  })
})
