/** What a provider registers: products, releases with their SBOM, advisories. */
import { type Problem, parseOsv, readSbom } from '@comity/exposure'
import {
  advisoryUrn,
  parseProductUrn,
  parseReleaseUrn,
  releaseUrn,
  type AdvisoryPayload,
  type ProductPayload,
  type ReleasePayload,
} from '@comity/statement'
import { type Command, Option } from 'commander'
import { sha256Hex } from '@comity/crypto'
import { basename } from 'node:path'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { attachment, documentEntry, type Filed, type FilingOptions, fileDraft } from '../filing.ts'
import { productFrom, rfc3339, secondsFrom } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { plain, plural, table, wrap } from '../terminal/text.ts'
import { withFilingOptions } from './filing-options.ts'

interface ProductOptions extends FilingOptions {
  readonly name?: string
  readonly description?: string
  readonly purl?: readonly string[]
  readonly updates: ProductPayload['updatePolicy']['mechanism']
  readonly consent: ProductPayload['updatePolicy']['consent']
  readonly security: ProductPayload['updatePolicy']['security']
  readonly rollback: boolean
  readonly noticeDays?: string
  readonly supportUntil?: string
  readonly export?: readonly string[]
  readonly homepage?: string
}

interface ReleaseOptions extends FilingOptions {
  readonly product: string
  readonly releaseVersion: string
  readonly released?: string
  readonly purl?: readonly string[]
  readonly artifact?: readonly string[]
}

interface AdvisoryOptions extends FilingOptions {
  readonly product: readonly string[]
  readonly id?: string
  readonly title?: string
  readonly remedyVersion?: string
  readonly remedyUrl?: string
  readonly revises?: string
}

export const registerProducts: Register = (program, { run }) => {
  productOptions(program.command('product <short-name>'))
    .summary('register a product with its update policy')
    .description(
      'Registers a product with how its updates arrive and whether the user decides. A later statement about it replaces the one before.',
    )
    .addHelpText('after', example('comity product gateway --as acme --name Gateway --updates download'))
    .action(run(product))

  const release = program
    .command('release')
    .summary('register a release with its SBOM')
    .description('Releases of a product.')
  release.addHelpText('after', example('comity release add sbom.cdx.json --product gateway --version 1.0.0'))
  withFilingOptions(release.command('add <sbom>'))
    .summary('register one version with its SBOM')
    .description(
      'Registers one version of a product with its software bill of materials (CycloneDX JSON), which is stored beside the log and is public.',
    )
    .requiredOption('--product <product>', 'short name of your product')
    .requiredOption('--version <version>', 'version of the release')
    .option('--released <date>', 'when it was released (now)')
    .option('--purl <purl>', 'package URL of the release (repeatable)', collect)
    .option('--artifact <file>', 'what was shipped: only its name and digest are published (repeatable)', collect)
    .addHelpText('after', example('comity release add sbom.cdx.json --product gateway --version 1.0.0'))
    .action(
      run((session, options: ReleaseOptions & { readonly version: string }, sbom: string) =>
        addRelease(session, { ...options, releaseVersion: options.version }, sbom),
      ),
    )

  const advisory = program
    .command('advisory')
    .summary('publish a security advisory')
    .description('Security advisories.')
  advisory.addHelpText('after', example('comity advisory publish advisory.osv.json --product gateway'))
  withFilingOptions(advisory.command('publish <file>'))
    .summary('publish a security advisory (OSV)')
    .description(
      'Tells everybody at once of a vulnerability in your products. The OSV record is what nodes match against the inventories that stay with them.',
    )
    .requiredOption('--product <product>', 'short name of your product (repeatable)', collect)
    .option('--id <id>', "your identifier (the record's)")
    .option('--title <text>', "title (the record's summary)")
    .option('--remedy-version <version>', 'first version of your product that is not affected')
    .option('--remedy-url <url>', 'where the remedy is')
    .option('--revises <id>', 'statement id of your advisory that this one replaces')
    .addHelpText('after', example('comity advisory publish OSV-2026-1.json --product gateway'))
    .action(run(publishAdvisory))
}

function productOptions(command: Command): Command {
  return withFilingOptions(command)
    .option('--name <text>', 'its name (the short name)')
    .option('--description <text>', 'what it is')
    .option('--purl <purl>', 'package URL without version (repeatable)', collect)
    .addOption(
      new Option('--updates <how>', 'how an update arrives')
        .choices(['package-manager', 'download', 'self-update', 'over-the-air', 'hosted', 'physical', 'none'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--consent <what>', 'whether the user decides')
        .choices(['required', 'notice', 'none'])
        .default('required'),
    )
    .addOption(
      new Option('--security <how>', 'security updates apart from others')
        .choices(['separate', 'bundled'])
        .default('separate'),
    )
    .option('--no-rollback', 'the user cannot go back')
    .option('--notice-days <days>', 'days between notice and update')
    .option('--support-until <date>', 'end of support')
    .option('--export <format>', 'format in which users take their data out (repeatable)', collect)
    .option('--homepage <url>', 'its page')
}

async function product(session: Session, options: ProductOptions, slug: string): Promise<Result> {
  const { profile } = session
  const {
    name = slug,
    description,
    purl,
    updates,
    consent,
    security,
    rollback,
    noticeDays,
    supportUntil,
    homepage,
  } = options
  const payload: ProductPayload = {
    name,
    ...(description === undefined ? {} : { description }),
    ...(purl === undefined ? {} : { purls: [...purl] }),
    updatePolicy: {
      mechanism: updates,
      consent,
      security,
      rollback,
      ...(noticeDays === undefined ? {} : { noticeDays: wholeNumber(noticeDays, '--notice-days') }),
      ...(supportUntil === undefined ? {} : { supportUntil: rfc3339(secondsFrom(supportUntil, '--support-until')) }),
    },
    ...(options.export === undefined ? {} : { portability: { formats: [...options.export] } }),
    ...(homepage === undefined ? {} : { homepage }),
  }
  const sub = productFrom(slug, profile.urn)
  return fileDraft(
    session,
    { kind: 'product', sub, payload, title: `product ${parseProductUrn(sub)?.slug ?? slug}` },
    options,
  )
}

async function addRelease(session: Session, options: ReleaseOptions, sbomFile: string): Promise<Result> {
  const bytes = await session.input(sbomFile, 'the SBOM')
  const { components, problems, total } = await readSbom(bytes)
  const sbom = attachment(bytes, 'application/vnd.cyclonedx+json')
  const { releaseVersion: version, released, purl } = options
  const artifacts = await Promise.all(
    (options.artifact ?? []).map(async (path) => ({
      name: basename(path),
      digest: `sha256:${sha256Hex(await session.input(path))}`,
    })),
  )
  const payload: ReleasePayload = {
    version,
    released: rfc3339(released === undefined ? session.context.now() : secondsFrom(released, '--released')),
    sbom: sbom.digest,
    ...(purl === undefined ? {} : { purls: [...purl] }),
    ...(artifacts.length === 0 ? {} : { artifacts }),
    documents: [documentEntry(sbom)],
  }
  const sub = releaseUrn(productFrom(options.product, session.profile.urn), version)
  const title = `release ${version} of ${parseProductUrn(parseReleaseUrn(sub)?.product ?? '')?.slug ?? options.product}`
  const filed = await fileDraft(session, { kind: 'release', sub, payload, attachments: [sbom], title }, options)
  return withProblems(filed, { count: components.length, found: problems, total })
}

interface SbomCount {
  readonly count: number
  readonly found: readonly Problem[]
  readonly total: number
}

function withProblems(filed: Result<Filed>, { count, found, total }: SbomCount): Result {
  const said = `  sbom       ${plural(count, 'component')}${total === 0 ? '' : `, ${plural(total, 'part')} of it could not be read:`}`
  return {
    ...filed,
    text: [filed.text, said, ...(total === 0 ? [] : [problemTable(found)])].join('\n'),
    json: { ...filed.json, components: count, problems: found, problemCount: total },
  }
}

/** What is wrong with a document, part by part; the first ten. */
export function problemTable(problems: readonly Pick<Problem, 'pointer' | 'message'>[]): string {
  return table(
    ['where', 'what'],
    problems.slice(0, 10).map(({ pointer, message }) => [pointer, message]),
  )
}

async function publishAdvisory(session: Session, options: AdvisoryOptions, file: string): Promise<Result> {
  const bytes = await session.input(file, 'the advisory')
  const { advisory, problems, total } = parseOsv(bytes)
  const { urn } = session.profile
  const document = attachment(bytes, 'application/json')
  const id = options.id ?? advisory.id
  const modified = advisory.modified
  const vector = advisory.severity.find(({ type }) => type.startsWith('CVSS'))?.score
  const { remedyVersion, remedyUrl, revises } = options
  const payload: AdvisoryPayload = {
    id,
    products: options.product.map((each) => productFrom(each, urn)),
    title: (options.title ?? (advisory.summary === '' ? id : advisory.summary)).slice(0, 500),
    ...(vector === undefined ? {} : { severity: { vector } }),
    published: wholeSeconds(advisory.published ?? modified),
    modified: wholeSeconds(modified),
    ...(advisory.aliases.length === 0 ? {} : { aliases: advisory.aliases.slice(0, 64) }),
    ...(remedyVersion === undefined && remedyUrl === undefined
      ? {}
      : {
          remedy: {
            kind: 'update' as const,
            ...(remedyVersion === undefined ? {} : { version: remedyVersion }),
            ...(remedyUrl === undefined ? {} : { url: remedyUrl }),
          },
        }),
    ...(advisory.withdrawn === undefined ? {} : { withdrawn: wholeSeconds(advisory.withdrawn) }),
    ...(revises === undefined ? {} : { revises }),
    document: document.digest,
    documents: [documentEntry(document)],
  }
  const sub = advisoryUrn(urn, id)
  const filed = await fileDraft(
    session,
    { kind: 'advisory', sub, payload, attachments: [document], title: `advisory ${plain(id)}` },
    options,
  )
  const note =
    total === 0
      ? []
      : [wrap(`  ${plural(total, 'part')} of the record cannot be matched automatically:`), problemTable(problems)]
  return {
    ...filed,
    text: [filed.text, ...note].join('\n'),
    json: { ...filed.json, advisory: sub, problemCount: total },
  }
}

/** OSV times may carry fractions of a second; statements have whole ones. */
function wholeSeconds(date: string): string {
  const milliseconds = Date.parse(date)
  if (Number.isNaN(milliseconds)) throw new CliError('bad-input', `the advisory has "${date}" where a date belongs`)
  return rfc3339(Math.floor(milliseconds / 1000))
}

function wholeNumber(text: string, option: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new CliError('usage', `${option} "${text}" is no whole number`)
  return Number(text)
}
