import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AssessmentError } from '../assessment-error.ts'
import { countryCodes, countryOf, isCountry } from './countries.ts'
import { csvFields, csvLine } from './csv.ts'
import { valueIn } from './indicator.ts'
import { readWorldBankCsv } from './world-bank-csv.ts'
import { readWorldBankJson } from './world-bank-json.ts'

const encoder = new TextEncoder()

const isBadSource = (error: unknown): boolean => error instanceof AssessmentError && error.code === 'bad-source'

function row(country: string, date: string, value: unknown, id = 'SP.POP.TOTL'): object {
  return {
    indicator: { id, value: 'Population, total' },
    country: { id: country, value: 'Somewhere' },
    countryiso3code: '',
    date,
    value,
    unit: '',
    obs_status: '',
    decimal: 0,
  }
}

function answer(rows: readonly unknown[], meta: object = { page: 1, pages: 1, per_page: 20000, total: rows.length }) {
  return readWorldBankJson(JSON.stringify([{ ...meta, lastupdated: '2026-07-13' }, rows]), 'population.json')
}

const head = ['\u{feff}"Data Source","World Development Indicators",', '', '"Last Updated Date","2026-07-13",', '']
const names = '"Country Name","Country Code","Indicator Name","Indicator Code","2022","2023","2024",'

function download(lines: readonly string[], before: readonly string[] = [...head, names]) {
  return readWorldBankCsv([encoder.encode(`${[...before, ...lines].join('\r\n')}\r\n`)], 'population.csv')
}

const kenya = '"Kenya","KEN","Population, total","SP.POP.TOTL","54027487","","56432944",'

test('an answer of the API is read by country and year, without regions and empty years', () => {
  const found = answer([
    row('KE', '2024', 56432944),
    row('KE', '2023', null),
    row('KE', '2022', 54027487),
    row('1W', '2024', 8e9),
  ])
  assert.deepEqual(Object.fromEntries(found.values), {
    KE: [
      { year: 2022, value: 54027487 },
      { year: 2024, value: 56432944 },
    ],
  })
  assert.deepEqual([found.id, found.updated, found.aggregates, found.empty], ['SP.POP.TOTL', '2026-07-13', 1, 1])
  assert.equal(valueIn(found, 'KE')?.year, 2024)
  assert.equal(valueIn(found, 'KE', 2022)?.value, 54027487)
  assert.equal(valueIn(found, 'KE', 2023), undefined)
  assert.equal(found.problems.count, 0)
})

test('a row of another form is a problem with its number; pages that are missing are said', () => {
  const rows = [
    row('KE', '2024', 1),
    row('KE', '2024Q1', 1),
    row('ZA', '2024', '1'),
    row('ZA', '2024', -1),
    7,
    row('KE', '2024', 2),
  ]
  const found = answer(rows, { page: 1, pages: 4 })
  assert.deepEqual(
    found.problems.first.map(({ line, code }) => `${line} ${code}`),
    ['0 incomplete', '2 bad-field', '3 bad-field', '4 bad-field', '5 bad-field', '6 repeated'],
  )
  assert.deepEqual([...found.values.keys()], ['KE'])
})

test('what is no answer of the API, or its own error, is refused', () => {
  const error = JSON.stringify([{ message: [{ id: '120', key: 'Invalid value', value: 'not found' }] }])
  for (const text of ['', '{}', '[]', '[{}]', '[{},null]', '[{},[]]', error, '[{"page":1},[1]]']) {
    assert.throws(() => readWorldBankJson(text, 'x'), isBadSource, text)
  }
  assert.throws(() => answer([row('KE', '2024', 1), row('KE', '2023', 1, 'IT.NET.USER.ZS')]), isBadSource)
})

test('the download is read by its columns of years, behind its four lines of head', async () => {
  const world = '"World","WLD","Population, total","SP.POP.TOTL","7.9E9","8.0E9","8.1E9",'
  const found = await download([
    kenya,
    world,
    '"Korea, Dem. ""People\'s"" Rep.","PRK","Population, total","SP.POP.TOTL","1","2","3",',
    '',
  ])
  assert.deepEqual(found.values.get('KE'), [
    { year: 2022, value: 54027487 },
    { year: 2024, value: 56432944 },
  ])
  assert.equal(found.values.get('KP')?.length, 3)
  assert.deepEqual(
    [found.title, found.updated, found.aggregates, found.empty],
    ['Population, total', '2026-07-13', 1, 1],
  )
  assert.equal(found.problems.count, 0)
})

test('a line of the download that is broken is a problem with its number', async () => {
  const found = await download(['"Kenya","KEN","Population', '"Kenya","KEN"', kenya.replace('54027487', 'many'), kenya])
  assert.deepEqual(
    found.problems.first.map(({ line, code }) => `${line} ${code}`),
    ['6 bad-line', '7 missing-field', '8 bad-field', '9 repeated'],
  )
  await assert.rejects(download([kenya], head), isBadSource)
  await assert.rejects(download([]), isBadSource)
  await assert.rejects(download([kenya, kenya.replace('SP.POP.TOTL', 'IT.NET.USER.ZS')]), isBadSource)
})

test('both forms of the same figures give the same', async () => {
  const { values } = await download([kenya])
  assert.deepEqual(answer([row('KE', '2024', 56432944), row('KE', '2022', 54027487)]).values, values)
})

test('fields are written as CSV so that reading gives them back', () => {
  const field = fc.string().filter((text) => !/[\r\n]/.test(text))
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
      assert.deepEqual(csvFields(csvLine(fields)), fields)
    }),
  )
  assert.equal(csvFields('"a"b,c'), undefined)
})

test('the codes are the 249 of ISO 3166-1, and names of today’s countries are known for all of them', () => {
  assert.equal(countryCodes.length, 249)
  assert.equal(new Set(countryCodes).size, 249)
  assert.deepEqual(countryCodes, countryCodes.toSorted())
  const known = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  for (const code of countryCodes) assert.ok(known.of(code) !== undefined, code)
  assert.deepEqual(['KEN', 'GBR', 'TLS', 'WLD', 'XKX'].map(countryOf), ['KE', 'GB', 'TL', undefined, undefined])
  assert.deepEqual(
    ['EU', 'AP', 'ZZ', 'UK', 'SU', 'ke'].map(isCountry),
    Array.from({ length: 6 }, () => false),
  )
})
