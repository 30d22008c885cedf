import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AssessmentError } from '../assessment-error.ts'
import { ipv4Number, ipv6Number } from './addresses.ts'
import { resourcesByCountry } from './by-country.ts'
import { readRirStatistics } from './rir-statistics.ts'

const encoder = new TextEncoder()

/** A file in the form of the registries: header and summary lines counted, unless a test gives its own. */
function file(records: readonly string[], head?: readonly string[]): Uint8Array {
  const count = (type: string) => records.filter((each) => each.split('|')[2] === type).length
  const counted = [
    `2.3|example|1|${records.length}|19930101|20260201|+0000`.replace('example', 'afrinic'),
    ...['asn', 'ipv4', 'ipv6'].map((type) => `afrinic|*|${type}|*|${count(type)}|summary`),
  ]
  return encoder.encode(`${[...(head ?? counted), ...records].join('\n')}\n`)
}

const good = [
  'afrinic|ZA|asn|2018|2|20010307|allocated|F36B9F4B',
  'afrinic|ZA|ipv4|196.4.160.0|8192|19960118|assigned|F3634F7D',
  'afrinic|KE|ipv4|41.57.96.0|768|20090101|allocated|F3600000',
  'afrinic|KE|ipv6|2001:43f8::|29|20090101|allocated|F3600000',
  'afrinic||ipv4|102.0.0.0|256||available|',
  'afrinic|ZZ|ipv6|2c0f:fff8::|29||reserved|',
]

async function read(bytes: Uint8Array, name = 'file') {
  return readRirStatistics([bytes], name)
}

test('a file is added up by country, and what nobody holds beside it', async () => {
  const found = await read(file(good))
  assert.deepEqual(found.problems.first, [])
  assert.deepEqual(found.header, { version: '2.3', registry: 'afrinic', serial: '1', records: 6, date: '2026-02-01' })
  const { countries, elsewhere, problems } = resourcesByCountry([found])
  assert.deepEqual(Object.fromEntries(countries), {
    KE: { asn: 0, ipv4: 768, ipv6: 2 ** 19 },
    ZA: { asn: 2, ipv4: 8192, ipv6: 0 },
  })
  assert.equal(elsewhere.size + problems.count, 0)
  assert.deepEqual(found.pool, {
    available: { asn: 0, ipv4: 256, ipv6: 0 },
    reserved: { asn: 0, ipv4: 0, ipv6: 2 ** 19 },
  })
})

test('comments, blank lines, Windows ends and a missing last end change nothing, wherever the pieces are cut', async () => {
  const plain = Buffer.from(file(good)).toString().trimEnd()
  const decorated = encoder.encode(`\u{feff}# conditions of use\r\n\r\n${plain.replaceAll('\n', '\r\n')}`)
  const whole = resourcesByCountry([await read(file(good))])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(decorated.length), { maxLength: 8 }), async (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), decorated.length]
      const pieces = ends.map((end, i) => decorated.slice(ends[i - 1] ?? 0, end))
      const found = await readRirStatistics(pieces, 'file')
      assert.deepEqual(found.problems.first, [])
      assert.deepEqual(resourcesByCountry([found]).countries, whole.countries)
    }),
    { numRuns: 50 },
  )
})

test('a bad record is a problem with its line, is not added up, and takes nothing else with it', async () => {
  const bad: readonly (readonly [string, string])[] = [
    ['afrinic|ZA|ipv4|196.4.160.0|8192|19960118', 'missing-field'],
    ['ripencc|ZA|ipv4|196.4.160.0|8192|19960118|assigned', 'other-registry'],
    ['afrinic|ZA|ipx|196.4.160.0|8192|19960118|assigned', 'bad-field'],
    ['afrinic|za|ipv4|196.4.160.0|8192|19960118|assigned', 'bad-field'],
    ['afrinic||ipv4|196.4.160.0|8192|19960118|assigned', 'bad-field'],
    ['afrinic|ZA|ipv4|196.04.160.0|8192|19960118|assigned', 'bad-field'],
    ['afrinic|ZA|ipv4|256.4.160.0|8192|19960118|assigned', 'bad-field'],
    ['afrinic|ZA|ipv4|255.255.255.0|257|19960118|assigned', 'bad-field'],
    ['afrinic|ZA|ipv4|196.4.160.0|0|19960118|assigned', 'bad-field'],
    ['afrinic|ZA|ipv4|196.4.160.0|-1|19960118|assigned', 'bad-field'],
    ['afrinic|ZA|ipv6|2001:43f8::1|29|20090101|assigned', 'bad-field'],
    ['afrinic|ZA|ipv6|2001:43f8::|129|20090101|assigned', 'bad-field'],
    ['afrinic|ZA|asn|4294967296|1|20090101|assigned', 'bad-field'],
    ['afrinic|ZA|asn|5|1|20090230|assigned', 'bad-field'],
    ['afrinic|ZA|asn|5|1|20090228|given', 'bad-field'],
  ]
  for (const [record, code] of bad) {
    const found = await read(file([...good, record]))
    const [problem] = found.problems.first
    assert.equal(problem?.code, code, record)
    assert.equal(problem?.line, 4 + good.length + 1, record)
    assert.equal(found.delegations.length, 4, record)
    assert.equal(found.records, good.length + 1, record)
  }
})

test('counts of the header and the summary lines are held against what is there', async () => {
  const head = ['2|afrinic|1|9|19930101|20260201|+0000', 'afrinic|*|asn|*|1|summary', 'afrinic|*|ipv4|*|7|summary']
  const found = await read(file(good, head))
  assert.deepEqual(
    found.problems.first.map(({ line, code }) => `${line} ${code}`),
    ['1 count-differs', '3 count-differs', '0 count-differs'],
  )
})

test('what is no file of a registry is refused at once', async () => {
  const isBadSource = (error: unknown) => error instanceof AssessmentError && error.code === 'bad-source'
  const others = [
    '',
    '# nothing\n',
    '<html>',
    'a|b|c\n',
    '3|afrinic|1|0|19930101|20260201|+0000\n',
    '2|moon|1|0|1|20260201|+0\n',
  ]
  for (const text of others) await assert.rejects(read(encoder.encode(text)), isBadSource, text)
})

test('lines that are too long or no text are problems, and reading goes on', async () => {
  const noText = Uint8Array.of(0xff, 0xfe, 0x0a)
  const long = encoder.encode(`${'x'.repeat(70_000)}\n`)
  const found = await readRirStatistics([file(good), noText, long, noText], 'file')
  assert.deepEqual(found.problems.counts, { 'bad-line': 3 })
  assert.deepEqual(
    found.problems.first.map(({ line }) => line),
    [11, 12, 13],
  )
})

test('a number that stands in two files is counted once, and said', async () => {
  const one = await read(file(good), 'one')
  const { countries, problems } = resourcesByCountry([one, await read(file(good), 'two')])
  assert.deepEqual(countries, resourcesByCountry([one]).countries)
  assert.equal(problems.counts['counted-twice'], 4)
  assert.match(problems.first[0]?.message ?? '', /of two stands in one line 5/)
})

test('ranges that overlap are counted as their union', async () => {
  const range = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }), fc.constantFrom('KE', 'ZA', 'EU'))
  await fc.assert(
    fc.asyncProperty(fc.array(range, { maxLength: 12 }), async (ranges) => {
      const records = ranges.map(
        ([start, count, country]) => `afrinic|${country}|asn|${start}|${count}|20090101|allocated|x`,
      )
      const { countries, elsewhere } = resourcesByCountry([await read(file(records))])
      const numbers = new Set(ranges.flatMap(([start, count]) => Array.from({ length: count }, (_, i) => start + i)))
      const total = [...countries.values(), ...elsewhere.values()].reduce((sum, { asn }) => sum + asn, 0)
      assert.equal(total, numbers.size)
      assert.ok(!countries.has('EU'))
    }),
    { numRuns: 60 },
  )
})

test('addresses are read strictly', () => {
  assert.equal(ipv4Number('255.255.255.255'), 2n ** 32n - 1n)
  for (const text of ['1.2.3', '1.2.3.4.5', '1.2.3.', '01.2.3.4', '1.2.3.256', '1.2.3.-4', '1.2.3.4 ']) {
    assert.equal(ipv4Number(text), undefined, text)
  }
  assert.equal(ipv6Number('2001:db8::1'), 0x20010db8_00000000_00000000_00000001n)
  assert.equal(ipv6Number('::'), 0n)
  assert.equal(ipv6Number('1:2:3:4:5:6:7::'), ipv6Number('1:2:3:4:5:6:7:0'))
  for (const text of [
    '',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    'g::',
    '12345::',
    '::1.2.3.4',
  ]) {
    assert.equal(ipv6Number(text), undefined, text)
  }
})
