/** An advisory as a provider has it in a file: a CSAF document or an OSV record. */
import { type CsafRemediation, ExposureError, parseCsaf, parseOsv } from '@comity/exposure'
import type { AdvisoryPayload } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Session } from '../session.ts'
import { plain, plural } from '../terminal/text.ts'

/** What of it goes into the statement. Dates are RFC 3339, as the document has them. */
export interface AdvisoryFile {
  readonly id: string
  readonly title: string
  readonly published: string
  readonly modified: string
  readonly withdrawn?: string
  /** CVSS, of its first score. */
  readonly vector?: string
  readonly aliases: readonly string[]
  /** What it says to do, where the statement can say it too. */
  readonly remedy?: NonNullable<AdvisoryPayload['remedy']>
  /** Parts that cannot be matched automatically. */
  readonly problems: readonly { readonly pointer: string; readonly message: string }[]
  readonly total: number
}

/** Reads either. Throws CliError `bad-input`; for a CSAF document that is not valid with the first test that fails. */
export async function readAdvisoryFile(session: Session, bytes: Uint8Array, file: string): Promise<AdvisoryFile> {
  const name = file === '-' ? 'standard input' : file
  try {
    return mayBeCsaf(bytes) ? await readCsafFile(session, bytes, name) : readOsvFile(bytes)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    throw new CliError('bad-input', `${name} is ${nounFor(error)}: ${error.message}`, {
      inner: error.code,
      pointer: error.pointer,
      cause: error,
    })
  }
}

function nounFor({ code }: ExposureError): string {
  const isCsaf = code === 'not-csaf' || code === 'bad-advisory' || code === 'unsupported-advisory-version'
  return isCsaf ? 'no CSAF document' : 'no OSV record'
}

/** By the one member that every CSAF document has, and no OSV record. */
function mayBeCsaf(bytes: Uint8Array): boolean {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
    return typeof json === 'object' && json !== null && 'document' in json && !('affected' in json)
  } catch {
    return false
  }
}

async function readCsafFile(session: Session, bytes: Uint8Array, name: string): Promise<AdvisoryFile> {
  const { advisory, problems, total } = parseCsaf(bytes)
  // A document of 2.1, a draft, is published and matched, and is in no provider tree of 2.0.
  if (advisory.csafVersion === '2.0')
    await checkDocument(session, JSON.parse(Buffer.from(bytes).toString('utf8')), name)
  const { tracking, vulnerabilities, title } = advisory
  const date = tracking.currentReleaseDate ?? ''
  const vector = vulnerabilities.flatMap(({ scores }) => scores)[0]?.vector
  return {
    id: tracking.id,
    title,
    published: tracking.initialReleaseDate ?? date,
    modified: date,
    ...(vector === undefined ? {} : { vector }),
    aliases: [...new Set(vulnerabilities.flatMap(({ cve }) => cve ?? []))],
    ...remedyOf(vulnerabilities.flatMap(({ remediations }) => remediations)),
    problems,
    total,
  }
}

/** Kinds of remedies in the order in which a user would want them. */
const remedies = [
  ['vendor_fix', 'update'],
  ['mitigation', 'mitigation'],
  ['workaround', 'workaround'],
  ['no_fix_planned', 'none-planned'],
] as const

function remedyOf(remediations: readonly CsafRemediation[]): Pick<AdvisoryFile, 'remedy'> {
  for (const [category, kind] of remedies) {
    const found = remediations.find((each) => each.category === category)
    if (found === undefined) continue
    const { url } = found
    return { remedy: { kind, ...(url !== undefined && /^https:\/\/[!-~]{1,2000}$/.test(url) ? { url } : {}) } }
  }
  return {}
}

/** Throws CliError `bad-input` for a document that a provider tree would not list: which test, where, what would be right. */
export async function checkDocument(session: Session, json: unknown, name: string): Promise<void> {
  const faults = await session.progress.during('Checking the document', faultsOf(json))
  const [first, ...more] = faults
  if (first === undefined) return
  const test = /^\d/.test(first.test) ? `test ${first.test} of CSAF 2.0` : `its ${first.test}`
  const right = first.right === undefined ? '' : `; what would be right: ${first.right}`
  const rest = more.length === 0 ? '' : ` (and ${plural(more.length, 'more fault')})`
  throw new CliError('bad-input', `${name} fails ${test}: ${plain(first.message)}${right}${rest}`, {
    inner: first.test,
    pointer: first.pointer,
  })
}

async function faultsOf(json: unknown) {
  const { publishingFaults } = await import('@comity/node')
  return publishingFaults(json)
}

function readOsvFile(bytes: Uint8Array): AdvisoryFile {
  const { advisory, problems, total } = parseOsv(bytes)
  const { id, summary, published, modified, withdrawn, aliases, severity } = advisory
  const vector = severity.find(({ type }) => type.startsWith('CVSS'))?.score
  return {
    id,
    title: summary === '' ? id : summary,
    published: published ?? modified,
    modified,
    ...(withdrawn === undefined ? {} : { withdrawn }),
    ...(vector === undefined ? {} : { vector }),
    aliases,
    problems,
    total,
  }
}
