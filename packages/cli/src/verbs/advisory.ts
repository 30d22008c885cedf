/** `comity advisory publish`: a provider tells everybody of a vulnerability. */
import { type Advisory, ExposureError, parseOsv } from '@comity/exposure'
import { type AdvisoryPayload, advisoryUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type Attachment, attachment, documentEntry, withRows } from '../filing.ts'
import { productFrom, rfc3339 } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import { type AgainOptions, earlierText, fileUnlessSaid, ifKnown, saysTheSame } from '../said-before.ts'
import type { Session } from '../session.ts'
import { statementIdOf } from '../statement-id.ts'
import { problemList } from '../terminal/problems.ts'
import { plain, plural, wrap } from '../terminal/text.ts'
import { withAgain, withFilingOptions } from './filing-options.ts'

interface AdvisoryOptions extends AgainOptions {
  readonly product: readonly string[]
  readonly id?: string
  readonly title?: string
  readonly remedyVersion?: string
  readonly remedyUrl?: string
  readonly revises?: string
}

export const registerAdvisory: Register = (program, { run }) => {
  const advisory = program
    .command('advisory')
    .summary('publish a security advisory')
    .description('Security advisories.')
  advisory.addHelpText('after', example('comity advisory publish advisory.osv.json --product gateway'))
  withAgain(withFilingOptions(advisory.command('publish <file>')))
    .summary('publish a security advisory (OSV)')
    .description(
      'Tells everybody at once of a vulnerability in your products. The OSV record is what nodes match against the inventories that stay with them. Published again it is a revision of the one before; what says nothing new is not filed.',
    )
    .requiredOption('--product <product>', 'short name of your product (repeatable)', collect)
    .option('--id <id>', "your identifier (the record's)")
    .option('--title <text>', "title (the record's summary)")
    .option('--remedy-version <version>', 'first version of your product that is not affected')
    .option('--remedy-url <url>', 'where the remedy is')
    .option('--revises <id>', 'statement of your advisory that this one replaces (the latest of the same identifier)')
    .addHelpText('after', example('comity advisory publish OSV-2026-1.json --product gateway'))
    .action(run(publishAdvisory))
}

async function publishAdvisory(session: Session, options: AdvisoryOptions, file: string): Promise<Result> {
  const bytes = await session.input(file, 'the advisory')
  const { advisory, problems, total } = readOsvFile(bytes, file)
  const document = attachment(bytes, 'application/json')
  const id = options.id ?? advisory.id
  const sub = advisoryUrn(session.profile.urn, id)
  const client = await session.client()
  const registered = await ifKnown(client.advisory(sub))
  const earlier = registered && { ...registered.statement, payload: registered.payload }
  const given = options.revises === undefined ? undefined : await statementIdOf(client, options.revises)
  const said = payloadOf(session, options, { id, advisory, document })
  // What would be a revision of itself says nothing new: it is compared as what it was published as.
  const asBefore = { ...said, ...revising(given ?? earlier?.payload.revises) }
  const isSame = earlier !== undefined && options.again !== true && saysTheSame(earlier.payload, asBefore)
  const payload = isSame ? asBefore : { ...said, ...revising(given ?? earlier?.id) }
  const draft = { kind: 'advisory', sub, payload, attachments: [document], title: `advisory ${plain(id)}` }
  const filed = await fileUnlessSaid(session, draft, options, earlier)
  const revises = earlier === undefined || filed.json.duplicate ? undefined : earlierText(earlier)
  return {
    text: [
      withRows(filed, [['revises', revises]]).text,
      ...(total === 0
        ? []
        : [
            wrap(`  ${plural(total, 'part')} of the record cannot be matched automatically:`),
            problemList(problems, total),
          ]),
    ].join('\n'),
    json: { ...filed.json, advisory: sub, problemCount: total },
  }
}

function readOsvFile(bytes: Uint8Array, file: string): ReturnType<typeof parseOsv> {
  try {
    return parseOsv(bytes)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    const name = file === '-' ? 'standard input' : file
    throw new CliError('bad-input', `${name} is no OSV record: ${error.message}`, {
      inner: error.code,
      pointer: error.pointer,
      cause: error,
    })
  }
}

function payloadOf(
  session: Session,
  { product, title, remedyVersion, remedyUrl }: AdvisoryOptions,
  read: { readonly id: string; readonly advisory: Advisory; readonly document: Attachment },
): AdvisoryPayload {
  const { id, advisory, document } = read
  const { modified } = advisory
  const vector = advisory.severity.find(({ type }) => type.startsWith('CVSS'))?.score
  return {
    id,
    products: product.map((each) => productFrom(each, session.profile.urn)),
    title: (title ?? (advisory.summary === '' ? id : advisory.summary)).slice(0, 500),
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
    document: document.digest,
    documents: [documentEntry(document)],
  }
}

function revising(statement: string | undefined): { revises?: string } {
  return statement === undefined ? {} : { revises: statement }
}

/** OSV times may carry fractions of a second; statements have whole ones. */
function wholeSeconds(date: string): string {
  const milliseconds = Date.parse(date)
  if (Number.isNaN(milliseconds)) throw new CliError('bad-input', `the advisory has "${date}" where a date belongs`)
  return rfc3339(Math.floor(milliseconds / 1000))
}
