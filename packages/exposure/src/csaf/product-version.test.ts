import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ProblemCollector } from '../problem.ts'
import { readProductVersion, type ProductVersion } from './product-version.ts'

function read(name: string, category: 'product_version' | 'product_version_range' = 'product_version_range') {
  const problems = new ProblemCollector(10)
  const version = readProductVersion(category, name, '/name', problems)
  return { version, codes: problems.list().problems.map(({ code }) => code) }
}

function shown(version: ProductVersion): string {
  if (version.kind !== 'constraints') return version.kind
  return version.constraints.map(({ comparator, version }) => comparator + version).join(' ')
}

describe('readProductVersion', () => {
  const ranges: readonly (readonly [name: string, expected: string])[] = [
    ['vers:npm/>=1.0.0|<2.0.0', 'vers'],
    ['vers:all/*', 'all'],
    ['vers:generic/>=1.0|<2.0', '>=1.0 <2.0'],
    ['*', 'all'],
    ['All versions', 'all'],
    ['all firmware versions', 'all'],
    ['>=1.0|<2.0', '>=1.0 <2.0'],
    ['< V4.5 HF1', '<V4.5 HF1'],
    ['vers:all/>=V2022.4<V2023.1', '>=V2022.4 <V2023.1'],
    ['All versions < V 4.01', '<V 4.01'],
    ['>= V6.2 < V7.1', '>=V6.2 <V7.1'],
    ['< V15 Update 2', '<V15 Update 2'],
    ['5.5.10.30 | 5.5.10.32', '=5.5.10.30 =5.5.10.32'],
    ['2022', '=2022'],
    ['!=3', '!=3'],
    ['Versions 2.00 to 6.11', 'words'],
    ['2.00 to 6.11', 'words'],
    ['<= 2.0 and 3.1', 'words'],
    ['<=the_first_5_digits_of_serial_number_20082', 'words'],
    ['All versions prior to V3', 'words'],
    ['<', 'words'],
    ['', 'words'],
    ['<1|'.repeat(2000), 'words'],
  ]
  for (const [name, expected] of ranges) {
    it(`reads ${JSON.stringify(name.slice(0, 60))} as ${expected}`, () => {
      const { version, codes } = read(name)
      assert.equal(shown(version), expected)
      assert.deepEqual(codes, [])
    })
  }

  it('takes one version for what it is, and reports a range in its place', () => {
    assert.deepEqual(read(' 4.8.2', 'product_version'), {
      version: { kind: 'version', version: '4.8.2', text: ' 4.8.2' },
      codes: [],
    })
    assert.equal(read('R2 for Windows', 'product_version').version.kind, 'version')
    assert.deepEqual(read('vers:all/*', 'product_version'), {
      version: { kind: 'all', text: 'vers:all/*' },
      codes: ['bad-field'],
    })
    assert.deepEqual(read('<4', 'product_version').codes, ['bad-field'])
  })

  it('reports a range that says yes and no of one version', () => {
    assert.deepEqual(read('>=6.0|<6.0').codes, ['contradicting-range'])
    assert.deepEqual(read('vers:npm/<6.0.0|>=6.0.0').codes, ['contradicting-range'])
  })

  it('takes a specifier that cannot be read for words, and says so', () => {
    for (const name of ['vers:npm/', 'vers:npm/>=x|<y', 'vers:nobody/>=x|<y']) {
      assert.deepEqual(read(name), { version: { kind: 'words', text: name }, codes: ['bad-range'] })
    }
  })

  it('any-name-is-read, and no constraint is made up', () => {
    const part = fc.constantFrom(
      '<',
      '>=',
      '=',
      '|',
      ' ',
      '1',
      'V2.0',
      'vers:',
      'all/',
      'x',
      'All versions',
      'HF1',
      '*',
    )
    const name = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(name, (text) => {
        const { version } = read(text)
        if (version.kind !== 'constraints') return
        for (const { comparator, version: bound } of version.constraints) {
          assert.ok(text.includes(bound), bound)
          assert.ok(comparator === '=' || text.includes(comparator))
        }
      }),
      { numRuns: 1000 },
    )
  })
})
