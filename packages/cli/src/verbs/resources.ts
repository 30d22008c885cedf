/** `comity resources`: how internet numbers and access are spread over people. */
import { csvLine, type ResourcesReport } from '@comity/assessment'
import type { Command } from 'commander'
import type { Result } from '../context.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { countText, fields, plural, table, wrap } from '../terminal/text.ts'
import { type FileProblems, type InputOptions, readResources } from './resources-input.ts'

interface ResourcesOptions extends InputOptions {
  readonly csv?: boolean
}

export const registerResources: Register = (program, { run }) => {
  const family = program
    .command('resources')
    .summary('how internet numbers and access are spread over people')
    .addHelpText('after', example('comity resources lorenz'))
  withInput(family.command('table [files...]'))
    .summary('what is registered in each country, beside its people')
    .description(
      `Shows for each country what is registered there and how much that is for a person. ${input} Countries stand in the order of their codes.`,
    )
    .addHelpText('after', examples('table'))
    .action(run(showTable))
  withInput(family.command('lorenz [files...]'))
    .summary('Lorenz curve and Gini coefficient, IPv6 beside IPv4')
    .description(
      `Shows how unequally numbers and access are spread: what the tenth of people with the least has, two tenths, and so on, and the Gini coefficient. ${input}`,
    )
    .addHelpText('after', examples('lorenz'))
    .action(run(showLorenz))
}

const input =
  'Files are the registries’ statistics (delegated-…-extended-latest, or that of the NRO); without any, the sample that comes along.'

function withInput(command: Command): Command {
  return command
    .option('--population <file>', 'SP.POP.TOTL of the World Bank: its CSV download, or the JSON of its API')
    .option('--users <file>', 'IT.NET.USER.ZS of the World Bank, in the same forms')
    .option('--year <year>', 'of the population; the latest of each country without it')
    .option('--csv', 'as CSV')
}

function examples(verb: string): string {
  return example(`comity resources ${verb}`, `comity resources ${verb} delegated-*-latest --population SP.POP.TOTL.csv`)
}

async function showTable(session: Session, options: ResourcesOptions, files: readonly string[]): Promise<Result> {
  const { report, problems } = await readResources(session, options, files)
  if (options.csv === true) return { text: tableCsv(report), json: { ...report, problems } }
  const rows = report.countries.map((each) => [
    each.country,
    countText(each.population),
    figure(each.ipv4PerPerson),
    figure(each.ipv6SitesPerPerson),
    figure(each.asnsPerMillion),
    each.usersPercent === undefined ? '' : `${each.usersPercent.toFixed(0)} % (${each.usersYear})`,
  ])
  const head = ['country', 'people', 'IPv4/person', '/48/person', 'ASNs/million', 'online']
  return {
    text: [table(head, rows), '', beneath(report, problems)].join('\n'),
    json: { ...report, problems },
  }
}

async function showLorenz(session: Session, options: ResourcesOptions, files: readonly string[]): Promise<Result> {
  const { report, problems } = await readResources(session, options, files)
  if (options.csv === true) return { text: lorenzCsv(report), json: { ...report, problems } }
  const head = ['', ...report.inequality.map(({ measure }) => measure)]
  const tenths = Array.from({ length: 10 }, (_, i) => (i + 1) / 10)
  const rows = [
    ...tenths.map((upTo) => [
      `${(upTo * 100).toFixed(0)} % of people have`,
      ...report.inequality.map(({ points }) => `${(100 * amountAt(points, upTo)).toFixed(1)} %`),
    ]),
    ['Gini coefficient', ...report.inequality.map(({ gini }) => gini.toFixed(3))],
    ['countries', ...report.inequality.map(({ countries }) => countText(countries))],
  ]
  return {
    text: [table(head, rows), '', wrap(report.method), '', beneath(report, problems)].join('\n'),
    json: { ...report, problems },
  }
}

/** The share of the whole that a share of people has, those with the least first: on the straight piece between two points. */
function amountAt(points: ResourcesReport['inequality'][number]['points'], population: number): number {
  const after = points.findIndex((each) => each.population >= population)
  const [from, to] = [points[after - 1], points[after]]
  if (from === undefined || to === undefined) return 1
  const part = (population - from.population) / (to.population - from.population)
  return from.amount + part * (to.amount - from.amount)
}

/** Notice, sources, what does not match, and what was not taken. */
function beneath(report: ResourcesReport, problems: readonly FileProblems[]): string {
  const { withoutPopulation, withoutResources } = report.unmatched
  const lines = [
    wrap(report.notice),
    '',
    ...report.sources.map(({ title, publisher, date, licence }) =>
      wrap(`${title}. ${publisher}, ${date}${licence === undefined ? '' : `, ${licence}`}.`, { indent: '  ' }),
    ),
  ]
  const unmatched = fields([
    ['left out, population unknown', withoutPopulation.length === 0 ? undefined : withoutPopulation.join(' ')],
    ['nothing registered in these files', withoutResources.length === 0 ? undefined : withoutResources.join(' ')],
  ])
  if (unmatched !== '') lines.push('', unmatched)
  for (const { file, counts, first } of problems) {
    const count = Object.values(counts).reduce((sum, each) => sum + each, 0)
    lines.push('', wrap(`${file}: ${plural(count, 'problem')}; what is named here was not taken`))
    lines.push(...first.slice(0, 5).map(({ line, message }) => wrap(`line ${line}: ${message}`, { indent: '  ' })))
    if (count > 5) lines.push(`  and ${countText(count - Math.min(5, first.length))} more (--json shows 100)`)
  }
  return lines.join('\n')
}

function figure(value: number | undefined): string {
  if (value === undefined) return ''
  return value >= 100 ? countText(Math.round(value)) : value.toPrecision(3)
}

const tableColumns = [
  'country',
  'population',
  'populationYear',
  'ipv4',
  'ipv6',
  'asn',
  'ipv4PerPerson',
  'ipv6SitesPerPerson',
  'asnsPerMillion',
  'usersPercent',
  'usersYear',
  'internetUsers',
] as const

function tableCsv({ countries }: ResourcesReport): string {
  const rows = countries.map((each) => csvLine(tableColumns.map((column) => each[column] ?? '')))
  return [csvLine(tableColumns), ...rows].join('\n')
}

function lorenzCsv({ inequality }: ResourcesReport): string {
  const rows = inequality.flatMap(({ measure, gini, points }) =>
    points.map(({ population, amount }) => csvLine([measure, gini, population, amount])),
  )
  return [csvLine(['measure', 'gini', 'population', 'amount']), ...rows].join('\n')
}
