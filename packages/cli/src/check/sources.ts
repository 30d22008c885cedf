/** What the paths of a check hold: advisories that may concern the inventory, exploited vulnerabilities, refusals. */
import {
  ExposureError,
  type KevEntry,
  type KnownAdvisory,
  type ReadItem,
  readAdvisories,
  type RefusedItem,
  type SourceCounts,
  type SourceItem,
} from '@comity/exposure'
import { readSource } from '@comity/exposure/files'
import { CliError } from '../cli-error.ts'
import type { Session } from '../session.ts'
import { countText } from '../terminal/text.ts'

/** For what a source was given. */
export type Purpose = 'against' | 'vex' | 'kev'

/** Something to read: a path as it was typed, or a node by its address. */
export interface Named {
  readonly purpose: Purpose
  readonly path: string
  readonly items: AsyncIterable<SourceItem>
}

/** A folder, an archive or a file. */
export function namedPath(session: Session, purpose: Purpose, path: string): Named {
  return { purpose, path, items: readSource(session.path(path)) }
}

/** One path, read. */
export interface CheckedSource {
  readonly path: string
  readonly purpose: Purpose
  readonly counts: SourceCounts
  readonly refusals: readonly Refusal[]
}

/** What was not read, and why. */
export interface Refusal {
  readonly name: string
  readonly code: string
  readonly message: string
  readonly pointer?: string
  readonly cutsOff?: true
}

export interface Gathered {
  readonly sources: readonly CheckedSource[]
  /** Those of which a rule lies under a key of the inventory. */
  readonly advisories: readonly KnownAdvisory[]
  readonly exploited: readonly KevEntry[]
  /** Those of `advisories` that were given as the word of a supplier. */
  readonly ofSuppliers: ReadonlySet<unknown>
}

/** Refusals that are kept with their text, of each path; all are counted. */
const refusalsKept = 10_000

/** Items that were no advisory at all: signatures, check sums, lists. They are counted and not shown one by one. */
export const noAdvisoryCode = 'unknown-format'

/** Reads the sources in order, one document at a time. Throws CliError for one that is not there or holds nothing of use. */
export async function gather(session: Session, named: readonly Named[], keys: ReadonlySet<string>): Promise<Gathered> {
  const advisories: KnownAdvisory[] = []
  const exploited: KevEntry[] = []
  const ofSuppliers = new Set<unknown>()
  const sources: CheckedSource[] = []
  let read = 0
  for (const { purpose, path, items } of named) {
    const reader = readAdvisories(items)
    const refusals: Refusal[] = []
    try {
      for await (const item of reader) {
        read += 1
        session.progress.update('Reading advisories', read)
        if ('refusal' in item) {
          if (refusals.length < refusalsKept) refusals.push(refusalOf(item))
        } else if (item.kind === 'kev') exploited.push(...item.document.entries)
        else {
          for (const advisory of concerning(item, keys)) {
            advisories.push(advisory)
            if (purpose === 'vex') ofSuppliers.add(advisory)
          }
        }
      }
    } catch (error) {
      throw pathError(path, error)
    }
    checkUse(path, purpose, reader.counts, refusals)
    sources.push({ path, purpose, counts: reader.counts, refusals })
  }
  return { sources, advisories, exploited, ofSuppliers }
}

function concerning(item: ReadItem, keys: ReadonlySet<string>): readonly KnownAdvisory[] {
  return item.known.filter(({ rules }) => rules.some(({ key }) => keys.has(key)))
}

function refusalOf({ name, refusal, cutsOff }: RefusedItem): Refusal {
  const { code, message, pointer } = refusal
  return { name, code, message, ...(pointer !== '' && { pointer }), ...(cutsOff === true && { cutsOff }) }
}

const uses: Readonly<Record<Purpose, { readonly what: string; readonly formats: readonly string[] }>> = {
  against: { what: 'no advisory', formats: ['OSV', 'CSAF', 'CVE', 'OpenVEX', 'CycloneDX VEX'] },
  vex: { what: 'no VEX', formats: ['OpenVEX', 'CycloneDX VEX', 'CSAF'] },
  kev: { what: 'no catalogue of exploited vulnerabilities', formats: ['KEV'] },
}

/** A path from which nothing comes would let everything pass. */
function checkUse(path: string, purpose: Purpose, { read }: SourceCounts, refusals: readonly Refusal[]): void {
  const { what, formats } = uses[purpose]
  if (Object.keys(read).some((name) => formats.includes(name))) return
  const held = Object.entries(read).map(([name, count]) => `${name} ${countText(count)}`)
  const [first] = refusals.toSorted((a, b) => weight(a) - weight(b))
  const why =
    first === undefined
      ? held.length === 0
        ? 'it holds nothing'
        : `it holds ${held.join(', ')}`
      : `of ${first.name}: ${first.message}`
  throw new CliError('bad-input', `${path} holds ${what} (${formats.join(', ')}): ${why}`, {
    inner: first?.code,
    pointer: first?.pointer,
  })
}

/** What is broken says more than what is something else. */
function weight({ code }: Refusal): number {
  return code === noAdvisoryCode ? 1 : 0
}

function pathError(path: string, error: unknown): unknown {
  if (!(error instanceof ExposureError)) return error
  const isForbidden = error.message.includes('may not be read')
  return new CliError(isForbidden ? 'permission' : 'not-found', `${path}: ${error.message}`, { cause: error })
}
