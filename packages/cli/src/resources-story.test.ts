/** Number resources and access from the command: the sample that comes along, and files as registries and bank publish them. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { corner } from './cli.fixture.ts'

interface Report {
  readonly inequality: readonly { readonly measure: string; readonly gini: number }[]
  readonly countries: readonly { readonly country: string; readonly ipv4PerPerson: number }[]
  readonly problems: readonly { readonly file: string; readonly counts: Readonly<Record<string, number>> }[]
}

const statistics = [
  '2|nro|20260201|3|00000000|20260201|+0000',
  'nro|*|ipv4|*|2|summary',
  'nro|*|asn|*|1|summary',
  'afrinic|KE|ipv4|41.57.96.0|1024|20090101|allocated|x',
  'afrinic|TD|ipv4|41.58.96.0|mny|20090101|allocated|x',
  'afrinic|KE|asn|5|2|20090101|allocated|x',
  '',
].join('\n')

const population = [
  '"Data Source","World Development Indicators",',
  '',
  '"Last Updated Date","2026-07-13",',
  '',
  '"Country Name","Country Code","Indicator Name","Indicator Code","2024",',
  '"Kenya","KEN","Population, total","SP.POP.TOTL","4096",',
  '"Chad","TCD","Population, total","SP.POP.TOTL","1024",',
  '',
].join('\r\n')

test('the sample is shown without a node and without a file, within 80 columns, in the order of codes', async (context) => {
  const own = corner(context)
  for (const verb of ['table', 'lorenz']) {
    const { code, stdout, stderr } = await own.run('resources', verb)
    assert.equal(code, 0, stderr)
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
    assert.match(stdout, /Registration is not use/)
  }
  const { countries, inequality } = await own.json<Report>('resources', 'table')
  const codes = countries.map(({ country }) => country)
  assert.deepEqual(codes, codes.toSorted())
  assert.deepEqual(
    inequality.map(({ measure }) => measure),
    ['ipv4', 'ipv6', 'users'],
  )
})

test('files are read as they are published; what is not taken is said with its line; CSV is for other tools', async (context) => {
  const own = corner(context)
  writeFileSync(join(own.path, 'nro-delegated-stats'), statistics)
  writeFileSync(join(own.path, 'population.csv'), population)
  const files = ['nro-delegated-stats', '--population', 'population.csv']
  const report = await own.json<Report>('resources', 'lorenz', ...files)
  assert.deepEqual(
    report.countries.map(({ country, ipv4PerPerson }) => `${country} ${ipv4PerPerson}`),
    ['KE 0.25', 'TD 0'],
  )
  assert.equal(report.inequality[0]?.gini.toFixed(6), '0.200000')
  assert.deepEqual(
    report.problems.map(({ file, counts }) => [file, counts]),
    [['nro-delegated-stats', { 'bad-field': 1 }]],
  )
  const shown = await own.run('resources', 'table', ...files)
  assert.match(shown.stdout, /line 5: value "mny" is not a whole number/)
  const csv = (await own.run('resources', 'lorenz', ...files, '--csv')).stdout.trimEnd().split('\n')
  assert.equal(csv[0], 'measure,gini,population,amount')
  assert.equal(csv.filter((line) => line.startsWith('ipv4,')).length, 3)

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[files[0] ?? ''], /--population/],
    [['population.csv', '--population', 'population.csv'], /no version line/],
    [[...files, '--users', 'population.csv'], /this takes\s+IT\.NET\.USER\.ZS/],
    [['missing', '--population', 'population.csv'], /cannot be read/],
  ]
  for (const [args, says] of wrong) {
    const ran = await own.run('resources', 'table', ...args)
    assert.equal(ran.code, 2, ran.stdout + ran.stderr)
    assert.match(ran.stderr, says)
  }
})
