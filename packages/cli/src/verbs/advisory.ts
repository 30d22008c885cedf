/** `comity advisory publish`: a provider tells everybody of a vulnerability. */
import { type AdvisoryPayload, advisoryUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { type Attachment, attachment, documentEntry, withRows } from '../filing.ts'
import { productFrom, rfc3339 } from '../names.ts'
import { prepareDraft } from '../prepared.ts'
import { collect, example, type Register } from '../registrar.ts'
import { type AgainOptions, earlierText, fileUnlessSaid, ifKnown, saysTheSame } from '../said-before.ts'
import type { Session } from '../session.ts'
import { statementIdOf } from '../statement-id.ts'
import { problemList } from '../terminal/problems.ts'
import { plain, plural, wrap } from '../terminal/text.ts'
import { registerCsaf } from './advisory-csaf.ts'
import { registerAdvisoryStatus } from './advisory-status.ts'
import { registerCsafKey } from './advisory-key.ts'
import { type AdvisoryFile, readAdvisoryFile } from './advisory-file.ts'
import { withAgain, withFilingOptions } from './filing-options.ts'

interface AdvisoryOptions extends AgainOptions {
  readonly at?: string
  readonly product: readonly string[]
  readonly id?: string
  readonly title?: string
  readonly remedyVersion?: string
  readonly remedyUrl?: string
  readonly revises?: string
}

export const registerAdvisory: Register = (program, registrar) => {
  const { run } = registrar
  const advisory = program
    .command('advisory')
    .summary('write and publish security advisories')
    .description('Security advisories.')
  advisory.addHelpText('after', example('comity advisory publish advisory.osv.json --product gateway'))
  withAgain(withFilingOptions(advisory.command('publish <file>')))
    .summary('publish a security advisory (CSAF or OSV)')
    .description(
      'Tells everybody at once of a vulnerability in your products. The document, CSAF 2.0 or an OSV record, is what nodes match against the inventories that stay with them. A CSAF document is checked before anything is signed: against its schema, the mandatory tests, and that its label is for everybody. Published again it is a revision of the one before; what says nothing new is not filed.',
    )
    .requiredOption('--product <product>', 'short name of your product (repeatable)', collect)
    .option('--id <id>', "your identifier (the document's)")
    .option('--title <text>', "title (the document's)")
    .option('--remedy-version <version>', 'first version of your product that is not affected')
    .option('--remedy-url <url>', 'where the remedy is')
    .option('--at <time>', 'sign it now; it enters the log then, as 2026-12-15T15:00:00Z')
    .option('--revises <id>', 'statement of your advisory that this one replaces (the latest of the same identifier)')
    .addHelpText('after', example('comity advisory publish OSV-2026-1.json --product gateway'))
    .action(run(publishAdvisory))
  registerAdvisoryStatus(advisory, registrar)
  registerCsaf(advisory, registrar)
  registerCsafKey(advisory, registrar)
}

async function publishAdvisory(session: Session, options: AdvisoryOptions, file: string): Promise<Result> {
  const bytes = await session.input(file, 'the advisory')
  const advisory = await readAdvisoryFile(session, bytes, file)
  const { problems, total } = advisory
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
  if (options.at !== undefined) return prepareDraft(session, draft, { ...options, at: options.at })
  const filed = await fileUnlessSaid(session, draft, options, earlier)
  const revises = earlier === undefined || filed.json.duplicate ? undefined : earlierText(earlier)
  return {
    text: [
      withRows(filed, [['revises', revises]]).text,
      ...(total === 0
        ? []
        : [
            wrap(`  ${plural(total, 'part')} of the document cannot be matched automatically:`),
            problemList(problems, total),
          ]),
    ].join('\n'),
    json: { ...filed.json, advisory: sub, problemCount: total },
  }
}

function payloadOf(
  session: Session,
  { product, title, remedyVersion, remedyUrl }: AdvisoryOptions,
  read: { readonly id: string; readonly advisory: AdvisoryFile; readonly document: Attachment },
): AdvisoryPayload {
  const { id, advisory, document } = read
  const { published, modified, aliases, vector, withdrawn } = advisory
  const isGiven = remedyVersion !== undefined || remedyUrl !== undefined
  const remedy = !isGiven
    ? advisory.remedy
    : {
        ...advisory.remedy,
        kind: 'update' as const,
        ...(remedyVersion === undefined ? {} : { version: remedyVersion }),
        ...(remedyUrl === undefined ? {} : { url: remedyUrl }),
      }
  return {
    id,
    products: product.map((each) => productFrom(each, session.profile.urn)),
    title: (title ?? advisory.title).slice(0, 500),
    ...(vector === undefined ? {} : { severity: { vector } }),
    published: wholeSeconds(published),
    modified: wholeSeconds(modified),
    ...(aliases.length === 0 ? {} : { aliases: aliases.slice(0, 64) }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(withdrawn === undefined ? {} : { withdrawn: wholeSeconds(withdrawn) }),
    document: document.digest,
    documents: [documentEntry(document)],
  }
}

function revising(statement: string | undefined): { revises?: string } {
  return statement === undefined ? {} : { revises: statement }
}

/** Dates of documents may carry fractions of a second; statements have whole ones. */
function wholeSeconds(date: string): string {
  const milliseconds = Date.parse(date)
  if (Number.isNaN(milliseconds)) throw new CliError('bad-input', `the advisory has "${date}" where a date belongs`)
  return rfc3339(Math.floor(milliseconds / 1000))
}
