/** `comity advisory csaf`: writes a CSAF document from an OSV record or from what is typed, for `advisory publish`. */
import {
  csafFileName,
  type CsafDraft,
  type CsafRevision,
  draftFromOsv,
  type DraftVulnerability,
  ExposureError,
  parseCsaf,
  parseOsv,
  severityReader,
  writeCsaf,
} from '@comity/exposure'
import { advisoryUrn, partyHex } from '@comity/statement'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { nameOf, rfc3339 } from '../names.ts'
import { checkFree, writeFile } from '../output-file.ts'
import { collect, example, type Registrar } from '../registrar.ts'
import { ifKnown } from '../said-before.ts'
import type { Session } from '../session.ts'
import { fields, plain, wrap } from '../terminal/text.ts'
import { checkDocument } from './advisory-file.ts'
import { ownProducts, type ProductOptions } from './advisory-products.ts'

interface CsafOptions extends ProductOptions {
  readonly from?: string
  readonly id?: string
  readonly title?: string
  readonly description?: string
  readonly cve?: string
  readonly cvss?: string
  readonly reference?: readonly string[]
  readonly remedyUrl?: string
  readonly publisher?: string
  readonly namespace?: string
  readonly category: string
  readonly lang: string
  readonly change?: string
  readonly out?: string
  readonly force?: boolean
}

export function registerCsaf(advisory: Command, { run }: Registrar): void {
  advisory
    .command('csaf')
    .summary('write a CSAF 2.0 document')
    .description(
      'Writes a CSAF 2.0 document of TLP:WHITE from an OSV record, or from what you say here, about products that you have registered. An advisory of yours with the same identifier makes it a revision. The document is checked against schema and mandatory tests before it is written; publish it with "comity advisory publish".',
    )
    .requiredOption('--product <product>', 'short name of your product (repeatable)', collect)
    .option('--from <file>', 'OSV record with the vulnerability and the packages')
    .option('--id <id>', "your identifier (the record's)")
    .option('--title <text>', "title (the record's summary)")
    .option('--description <text>', "what it is about (the record's details)")
    .option('--cve <cve>', "its CVE (the record's)")
    .option('--cvss <vector>', "CVSS 3 vector (the record's)")
    .option('--reference <url>', 'where to read more (repeatable)', collect)
    .option('--affected <range>', 'affected versions of your product: "<2.1.1" or vers:npm/<2.1.1')
    .option('--remedy-version <version>', 'first version of your product that is not affected')
    .option('--remedy-url <url>', 'where the remedy is')
    .option('--publisher <name>', 'your name in it (that of the party)')
    .option('--namespace <url>', 'an address that is yours (of an office of the party)')
    .option('--category <category>', 'vendor, coordinator, discoverer, user, other', 'vendor')
    .option('--lang <language>', 'language of the texts', 'en')
    .option('--change <text>', 'what is new in this revision')
    .option('--out <file>', 'file to write (the name that CSAF gives it)')
    .option('--force', 'replace the file if it exists')
    .addHelpText(
      'after',
      example(
        'comity advisory csaf --from OSV-2026-1.json --product gateway',
        'comity advisory publish osv-2026-1.json --product gateway',
      ),
    )
    .action(run(csaf))
}

async function csaf(session: Session, options: CsafOptions): Promise<Result> {
  const record = options.from === undefined ? undefined : await readRecord(session, options.from)
  const id = options.id ?? record?.id
  if (id === undefined || (record === undefined && options.title === undefined)) {
    throw new CliError('usage', 'say --id and --title, or give an OSV record with --from')
  }
  const out = session.path(options.out ?? csafFileName(id))
  checkFree(out, options.force)
  const earlier = await earlierRevisions(session, id)
  const date = rfc3339(session.context.now())
  const fileName = csafFileName(id)
  const year = (earlier?.[0]?.date ?? date).slice(0, 4)
  const self = session.address.startsWith('https://')
    ? `${session.address}/csaf/${partyHex(session.profile.urn)}/white/${year}/${fileName}`
    : undefined
  const publisher = await publisherOf(session, options)
  const draft: CsafDraft = {
    id,
    title: options.title ?? record?.title ?? id,
    publisher,
    language: options.lang,
    date,
    ...(options.change === undefined ? {} : { change: options.change }),
    ...(earlier === undefined ? {} : { earlier }),
    ...(self === undefined ? {} : { self }),
    generator: { name: 'Comity', version: '0.1.0' },
    products: [...(await ownProducts(session, options, publisher.name)), ...(record?.products ?? [])],
    vulnerability: await vulnerabilityOf(options, record?.vulnerability, record?.severity ?? []),
  }
  const document = writeCsaf(draft)
  await checkDocument(session, document, 'what was written')
  writeFile(out, `${JSON.stringify(document, null, 2)}\n`, options.force)
  const version = String((earlier?.length ?? 0) + 1)
  return {
    text: [
      `Written: ${plain(out)}`,
      fields([
        ['id', plain(id)],
        ['version', version],
        ['check', 'valid: schema and mandatory tests of CSAF 2.0'],
      ]),
      wrap(
        `Publish it with: comity advisory publish ${plain(options.out ?? fileName)} --product ${options.product[0]}`,
      ),
    ].join('\n'),
    json: { file: out, id, version, fileName },
  }
}

async function readRecord(session: Session, file: string) {
  const bytes = await session.input(file, 'the OSV record')
  try {
    const { advisory } = parseOsv(bytes)
    const raw: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    const details = typeof raw === 'object' && raw !== null && 'details' in raw ? raw.details : undefined
    return {
      ...draftFromOsv(advisory, typeof details === 'string' ? details : ''),
      severity: advisory.severity.map(({ score }) => score),
    }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    throw new CliError('bad-input', `${file} is no OSV record that a CSAF document can be made of: ${error.message}`, {
      inner: error.code,
      pointer: error.pointer,
      cause: error,
    })
  }
}

/** The revision history of the document that the party's latest advisory of this identifier has; undefined without one. */
async function earlierRevisions(session: Session, id: string): Promise<readonly CsafRevision[] | undefined> {
  const client = await session.client()
  const known = await ifKnown(client.advisory(advisoryUrn(session.profile.urn, id)))
  const document = known?.payload.document
  if (document === undefined) return undefined
  try {
    return parseCsaf(await client.document(document)).advisory.tracking.revisions
  } catch (error) {
    // What was published as an OSV record has no CSAF document before this one.
    if (error instanceof ExposureError) return undefined
    throw error
  }
}

async function publisherOf(session: Session, options: CsafOptions): Promise<CsafDraft['publisher']> {
  const client = await session.client()
  const { names, contacts } = await client.party(session.profile.urn)
  const namespace = options.namespace ?? contacts.flatMap(({ url }) => url ?? [])[0]
  if (namespace === undefined || !URL.canParse(namespace)) {
    throw new CliError(
      'usage',
      'no office of this party has an address: say with --namespace https://… which address is yours',
    )
  }
  const email = contacts.flatMap((each) => each.email ?? [])[0]
  return {
    category: options.category,
    name: options.publisher ?? nameOf(names),
    namespace,
    ...(email === undefined ? {} : { contact: email }),
  }
}

async function vulnerabilityOf(
  options: CsafOptions,
  record: Omit<DraftVulnerability, 'score' | 'remedy'> | undefined,
  severity: readonly string[],
): Promise<DraftVulnerability> {
  const { id = '', title = '', description, cve, reference = [], remedyUrl, remedyVersion } = options
  const score = await scoreOf(options.cvss, severity)
  const bad = reference.find((url) => !URL.canParse(url))
  if (bad !== undefined) throw new CliError('usage', `--reference "${bad}" is no address`)
  const category = remedyVersion === undefined ? ('mitigation' as const) : ('vendor_fix' as const)
  const details = remedyVersion === undefined ? 'See the address.' : `Update to ${remedyVersion} or later.`
  return {
    ...record,
    ...(cve === undefined ? {} : { cve }),
    ids: record?.ids ?? [{ system: 'publisher', text: id }],
    description: description ?? record?.description ?? title,
    references: [...(record?.references ?? []), ...reference.map((url) => ({ url: new URL(url).href }))],
    ...(score === undefined ? {} : { score }),
    ...(remedyUrl === undefined ? {} : { remedy: { category, details, url: remedyUrl } }),
  }
}

/** The first vector of CVSS 3, which is what CSAF 2.0 takes; one that was typed must be one. */
async function scoreOf(
  given: string | undefined,
  severity: readonly string[],
): Promise<DraftVulnerability['score'] | undefined> {
  const read = await severityReader()
  for (const vector of given === undefined ? severity : [given]) {
    const found = read({ type: 'CVSS_V3', score: vector })
    if (found.known && (found.version === '3.0' || found.version === '3.1')) {
      return { version: found.version, vector, base: found.score }
    }
    if (given !== undefined) {
      const reason = found.known ? 'CSAF 2.0 takes vectors of CVSS 3.0 and 3.1' : found.reason
      throw new CliError('usage', `--cvss "${given}" cannot be used: ${reason}`)
    }
  }
  return undefined
}
