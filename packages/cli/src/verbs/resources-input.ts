/** What `comity resources` is computed from: files of the registries and of the World Bank, or the sample. */
import {
  AssessmentError,
  distributionOf,
  type Indicator,
  type Problems,
  readRirStatistics,
  readWorldBankCsv,
  readWorldBankJson,
  resourcesByCountry,
  type ResourcesReport,
  resourcesReport,
  type ResourcesSource,
  type RirStatistics,
  sampleReport,
} from '@comity/assessment'
import { createReadStream, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Session } from '../session.ts'

export interface InputOptions {
  readonly population?: string
  readonly users?: string
  readonly year?: string
}

/** What was read, and what of it was not taken. */
export interface ResourcesRead {
  readonly report: ResourcesReport
  readonly problems: readonly FileProblems[]
}

export interface FileProblems {
  readonly file: string
  readonly counts: Readonly<Record<string, number>>
  readonly first: readonly { readonly line: number; readonly code: string; readonly message: string }[]
}

/** Reads what the user named, or the sample where nothing is named. Throws CliError `usage` or `bad-input`. */
export async function readResources(
  session: Session,
  options: InputOptions,
  files: readonly string[],
): Promise<ResourcesRead> {
  if (files.length === 0) {
    if (options.population !== undefined || options.users !== undefined || options.year !== undefined) {
      throw new CliError('usage', 'name the files of the registries that --population, --users and --year belong to')
    }
    const sample = new URL('../../../../samples/resources.json', import.meta.url)
    return { report: sampleReport(readFileSync(sample, 'utf8')), problems: [] }
  }
  if (options.population === undefined) {
    throw new CliError('usage', 'figures for a person need --population: SP.POP.TOTL of the World Bank')
  }
  const statistics: RirStatistics[] = []
  for (const file of files) statistics.push(await open(session, file, readRirStatistics))
  const population = await indicator(session, options.population, 'SP.POP.TOTL')
  const users = options.users === undefined ? undefined : await indicator(session, options.users, 'IT.NET.USER.ZS')
  const registered = resourcesByCountry(statistics)
  const { countries, unmatched } = distributionOf(registered, population, { users, year: yearFrom(options.year) })
  const sources = [...statistics.map(registrySource), ...[population, users].flatMap(indicatorSource)]
  return {
    report: resourcesReport(countries, unmatched, sources),
    problems: [
      ...[...statistics, population, ...(users === undefined ? [] : [users])].flatMap((each) =>
        problemsOf(each.name, each.problems),
      ),
      ...problemsOf('all files together', registered.problems),
    ],
  }
}

/** An indicator in either form of the World Bank, told apart by how the file begins. */
async function indicator(session: Session, file: string, id: string): Promise<Indicator> {
  const bytes = await session.input(file, 'the indicator')
  const name = basename(file)
  const isJson = Buffer.from(bytes.subarray(0, 16)).toString('utf8').replace('\u{feff}', '').trimStart().startsWith('[')
  const found = await asCliError(async () =>
    isJson ? readWorldBankJson(Buffer.from(bytes).toString('utf8'), name) : readWorldBankCsv([bytes], name),
  )
  if (found.id !== id) throw new CliError('bad-input', `${file} is ${found.id}, ${found.title}; this takes ${id}`)
  return found
}

async function open<T>(
  session: Session,
  file: string,
  reader: (source: AsyncIterable<Uint8Array>, name: string) => Promise<T>,
): Promise<T> {
  return asCliError(async () => reader(createReadStream(session.path(file)), basename(file)))
}

async function asCliError<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof AssessmentError) throw new CliError('bad-input', error.message, { cause: error })
    if (error instanceof Error && 'code' in error && 'path' in error) {
      throw new CliError('bad-input', `${String(error.path)} cannot be read: ${error.message}`, { cause: error })
    }
    throw error
  }
}

function registrySource({ name, header }: RirStatistics): ResourcesSource {
  return { of: ['ipv4', 'ipv6', 'asn'], title: name, publisher: header.registry, date: header.date }
}

function indicatorSource(found: Indicator | undefined): readonly ResourcesSource[] {
  if (found === undefined) return []
  const { id, title, updated } = found
  return [
    {
      of: [id === 'SP.POP.TOTL' ? 'population' : 'users'],
      title: `${title} (${id})`,
      publisher: 'World Bank',
      date: updated ?? 'without a date',
    },
  ]
}

function problemsOf(file: string, problems: Problems): readonly FileProblems[] {
  return problems.count === 0 ? [] : [{ file, counts: problems.counts, first: problems.first }]
}

function yearFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[12][0-9]{3}$/.test(text)) throw new CliError('usage', `--year "${text}" is not a year such as 2024`)
  return Number(text)
}
