import { countryOf } from './countries.ts'
import { csvFields } from './csv.ts'
import { type Indicator, noIndicator, Values, yearOf } from './indicator.ts'
import { linesOf } from './lines.ts'
import { Problems } from './problems.ts'

/** Columns before the years. */
const columns = ['Country Name', 'Country Code', 'Indicator Name', 'Indicator Code'] as const

/**
 * Reads the CSV file of one indicator as the World Bank's site offers it for download
 * (`API_SP.POP.TOTL_DS2_en_csv_v2_….csv`): source and day of the last update with a blank line behind each, the names of
 * the columns, then a line for each country with a column for each year.
 *
 * @throws AssessmentError `bad-source` when the names of the columns do not come, or lines are of several indicators
 */
export async function readWorldBankCsv(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
): Promise<Indicator> {
  const problems = new Problems()
  const values = new Values(problems)
  let updated: string | undefined
  let years: readonly Column[] | undefined
  let found: { readonly id: string; readonly title: string } | undefined
  for await (const { number, text } of linesOf(source)) {
    const fields = text === undefined ? undefined : csvFields(text)
    if (fields === undefined) {
      problems.add(number, 'bad-line', 'the line is no CSV: an open quote, more than 64 KiB, or not UTF-8')
    } else if (years === undefined) {
      if (fields[0] === 'Last Updated Date') updated = fields[1]
      years = columnsOf(fields)
    } else if (fields.length >= columns.length) {
      const [, code = '', title = '', id = ''] = fields
      found ??= { id, title }
      if (id !== found.id) throw noIndicator(name, `line ${number} is of ${id}, those before of ${found.id}`)
      takeLine(number, countryOf(code), fields, years, values, problems)
    } else if (fields.length > 1 || fields[0] !== '') {
      problems.add(number, 'missing-field', `${fields.length} fields; a line has one for each column`)
    }
  }
  if (years === undefined) throw noIndicator(name, `no line names its columns: ${columns.join(', ')}, then years`)
  if (found === undefined) throw noIndicator(name, 'it has no line of a country')
  const { aggregates, empty } = values
  return {
    name,
    ...found,
    ...(updated === undefined ? {} : { updated }),
    values: values.sorted(),
    aggregates,
    empty,
    problems,
  }
}

interface Column {
  readonly at: number
  readonly year: number
}

/** The columns of years, if these are the names of columns. Each line of the file ends with a comma, so an empty one. */
function columnsOf(fields: readonly string[]): readonly Column[] | undefined {
  if (columns.some((column, i) => fields[i] !== column)) return undefined
  return fields.flatMap((field, at) => {
    const year = yearOf(field)
    return year === undefined ? [] : [{ at, year }]
  })
}

function takeLine(
  line: number,
  country: string | undefined,
  fields: readonly string[],
  years: readonly Column[],
  values: Values,
  problems: Problems,
): void {
  if (country === undefined) {
    values.aggregates += 1
    return
  }
  for (const { at, year } of years) {
    const text = fields[at] ?? ''
    if (text === '') values.empty += 1
    else if (/^[0-9]{1,15}(?:\.[0-9]{1,20})?(?:E[+-]?[0-9]{1,2})?$/.test(text))
      values.add(line, country, year, Number(text))
    else problems.add(line, 'bad-field', `${year}: "${text.slice(0, 40)}" is not a number of 0 or more`)
  }
}
