import { isCountry } from './countries.ts'
import { type Indicator, noIndicator, Values, yearOf } from './indicator.ts'
import { Problems } from './problems.ts'

/**
 * Reads what the World Bank's API (v2, `format=json`) answers for one indicator: `[meta, rows]`.
 *
 * A page of several is said to be incomplete: ask with a larger `per_page`. Row numbers stand for lines in problems,
 * from 1. Values are counted, never guessed: `null` is a year without one.
 *
 * @throws AssessmentError `bad-source` for what is not JSON, another form, the API's own error, or several indicators
 */
export function readWorldBankJson(text: string, name: string): Indicator {
  const [meta, rows] = partsOf(text, name)
  const problems = new Problems()
  const { page, pages, lastupdated } = meta
  if (Number(pages ?? 1) > 1) {
    problems.add(0, 'incomplete', `page ${String(page)} of ${String(pages)}: ask for all rows in one page`)
  }
  const values = new Values(problems)
  let id: string | undefined
  let title = ''
  for (const [i, row] of rows.entries()) {
    const read = rowOf(row)
    if (typeof read === 'string') {
      problems.add(i + 1, 'bad-field', read)
      continue
    }
    id ??= read.id
    title ||= read.title
    if (read.id !== id) throw noIndicator(name, `row ${i + 1} is of ${read.id}, those before of ${id}`)
    if (!isCountry(read.country)) values.aggregates += 1
    else if (read.value === null) values.empty += 1
    else values.add(i + 1, read.country, read.year, read.value)
  }
  if (id === undefined) throw noIndicator(name, 'no row names an indicator')
  const { aggregates, empty } = values
  return {
    name,
    id,
    title,
    ...(typeof lastupdated === 'string' ? { updated: lastupdated } : {}),
    values: values.sorted(),
    aggregates,
    empty,
    problems,
  }
}

type Members = Readonly<Record<string, unknown>>

function partsOf(text: string, name: string): readonly [Members, readonly unknown[]] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw noIndicator(name, `it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const [meta, rows]: readonly unknown[] = Array.isArray(parsed) ? parsed : []
  if (!isMembers(meta)) throw noIndicator(name, 'it would be a list of two: what the page is, and its rows')
  if ('message' in meta)
    throw noIndicator(name, `it is an error of the API: ${JSON.stringify(meta['message']).slice(0, 200)}`)
  if (!Array.isArray(rows)) throw noIndicator(name, 'it has no list of rows')
  return [meta, rows]
}

interface Row {
  readonly id: string
  readonly title: string
  readonly country: string
  readonly year: number
  readonly value: number | null
}

/** A row, or what is wrong with it. */
function rowOf(row: unknown): Row | string {
  if (!isMembers(row)) return 'a row is an object'
  const { indicator, country, date, value } = row
  if (!isMembers(indicator) || typeof indicator['id'] !== 'string') return 'indicator/id is no text'
  if (!isMembers(country) || typeof country['id'] !== 'string') return 'country/id is no text'
  const year = typeof date === 'string' ? yearOf(date) : undefined
  if (year === undefined) return `date ${JSON.stringify(date)} is not a year`
  if (value !== null && (typeof value !== 'number' || value < 0)) {
    return `value ${JSON.stringify(value)} is not a number of 0 or more, nor null`
  }
  const title = typeof indicator['value'] === 'string' ? indicator['value'] : ''
  return { id: indicator['id'], title, country: country['id'], year, value }
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
