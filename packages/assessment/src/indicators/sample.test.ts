import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { AssessmentError } from '../assessment-error.ts'
import { distributionOf } from './distribution.ts'
import { resourcesReport } from './report.ts'
import { sampleReport } from './sample.ts'
import { resourcesByCountry } from './by-country.ts'
import { readRirStatistics } from './rir-statistics.ts'
import { readWorldBankJson } from './world-bank-json.ts'

const sample = readFileSync(new URL('../../../../samples/resources.json', import.meta.url), 'utf8')

test('the sample is of the whole world, in the order of codes, each figure with its source and its method', () => {
  const report = sampleReport(sample)
  const codes = report.countries.map(({ country }) => country)
  assert.deepEqual(codes, codes.toSorted())
  assert.equal(codes.length, 215)
  const of = report.sources.flatMap((source) => source.of)
  assert.deepEqual(of.toSorted(), ['ipv4', 'ipv6', 'population', 'users'])
  for (const { date, url, licence } of report.sources) {
    assert.match(date, /^20\d\d-\d\d-\d\d$/)
    assert.ok(url?.startsWith('https://') && licence !== undefined)
  }
  assert.match(report.method, /lower bound/)
  assert.match(report.notice, /Registration is not use/)
})

test('its totals are what others count: 3.69 thousand million IPv4 addresses, 0.45 for each person', () => {
  const { countries, inequality } = sampleReport(sample)
  const sum = (of: (each: (typeof countries)[number]) => number | undefined) =>
    countries.reduce((total, each) => total + (of(each) ?? 0), 0)
  const [addresses, people] = [sum(({ ipv4 }) => ipv4), sum(({ population }) => population)]
  assert.ok(addresses > 3.6e9 && addresses < 2 ** 32, String(addresses))
  assert.ok(people > 8e9 && people < 8.5e9, String(people))
  assert.equal((addresses / people).toFixed(2), '0.45')
  assert.deepEqual(
    inequality.map(({ measure, countries: over, gini }) => [measure, over, gini.toFixed(3)]),
    [
      ['ipv4', 215, '0.769'],
      ['ipv6', 215, '0.768'],
      ['users', 193, '0.213'],
    ],
  )
})

test('a sample of another form is refused', () => {
  const broken = sample.replace('"country": "AD"', '"country": "ad"')
  assert.throws(
    () => sampleReport(broken),
    (error: unknown) => error instanceof AssessmentError && error.code === 'bad-source',
  )
})

test('files of registries and of the World Bank give the same figures as by hand, and name what does not match', async () => {
  const text = [
    '2|afrinic|1|3|19930101|20260201|+0000',
    'afrinic|*|ipv4|*|2|summary',
    'afrinic|*|asn|*|1|summary',
    'afrinic|KE|ipv4|41.57.96.0|1000|20090101|allocated|x',
    'afrinic|RE|ipv4|41.58.96.0|1000|20090101|allocated|x',
    'afrinic|KE|asn|5|2|20090101|allocated|x',
  ].join('\n')
  const registered = resourcesByCountry([await readRirStatistics([new TextEncoder().encode(text)], 'file')])
  const rows = [
    ['KE', 4000],
    ['TD', 1000],
  ].map(([id, value]) => ({
    indicator: { id: 'SP.POP.TOTL', value: '' },
    country: { id, value: '' },
    date: '2024',
    value,
  }))
  const population = readWorldBankJson(JSON.stringify([{ page: 1, pages: 1 }, rows]), 'population')
  assert.equal(registered.isWhole, false)
  assert.deepEqual(
    distributionOf(registered, population).countries.map(({ country }) => country),
    ['KE'],
    'a country of a registry that was not read is left out',
  )
  const { countries, unmatched } = distributionOf({ ...registered, isWhole: true }, population)
  assert.deepEqual(unmatched, { withoutPopulation: ['RE'], withoutResources: ['TD'] })
  const report = resourcesReport(countries, unmatched, [])
  assert.deepEqual(
    report.countries.map((each) => [each.country, each.ipv4PerPerson, each.asnsPerMillion]),
    [
      ['KE', 0.25, 500],
      ['TD', 0, 0],
    ],
  )
  // A fifth of the people has nothing, the others all.
  assert.equal(report.inequality[0]?.gini.toFixed(6), '0.200000')
  assert.deepEqual(
    report.inequality.map(({ measure }) => measure),
    ['ipv4', 'asn'],
  )
})
