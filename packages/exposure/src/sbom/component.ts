/** Components of an inventory, as far as matching and explaining need them. */
import { disagrees, parseCpe } from '../cpe/cpe.ts'
import { ExposureError } from '../exposure-error.ts'
import { quoted, type ProblemCollector } from '../problem.ts'
import { purlKey } from '../purl/package-key.ts'
import { packageVersion } from '../purl/package-version.ts'
import { parsePurl, type Purl } from '../purl/purl.ts'
import { schemeOfType } from '../versions/ecosystems.ts'

/** One component of an inventory. */
export interface Component {
  /** What it is, by CycloneDX: `library`, `application`, `operating-system`, … */
  readonly type: string
  readonly group?: string
  readonly name: string
  /** Who supplies it, else who makes or publishes it, as the document has it. */
  readonly vendor?: string
  /** The version of the package URL where it has one, else the one written beside it. */
  readonly version?: string
  readonly purl?: Purl
  /** As the document has them, in either binding; at least one where there is the list. */
  readonly cpes?: readonly string[]
  /** Its `bom-ref` or SPDX identifier, unique within the document. Absent also when another component had it first. */
  readonly ref?: string
  /** From the root of the dependency graph to this component, both ends included. */
  readonly path: readonly string[]
  /** Where it stands in the document (RFC 6901). */
  readonly pointer: string
}

/** A component before its path is known. */
export type PathlessComponent = Omit<Component, 'path' | 'ref'> & { readonly ref: string | undefined }

/** A value of the document, and where it stands. */
export interface Written {
  readonly value: unknown
  readonly pointer: string
}

/** What a document says of one component, whatever its format calls the members. */
export interface WrittenComponent {
  readonly type: string | undefined
  readonly group: string | undefined
  readonly name: string | undefined
  readonly vendor: string | undefined
  readonly version: string | undefined
  readonly versionPointer: string
  readonly purls: readonly Written[]
  readonly cpes: readonly Written[]
  readonly ref: string | undefined
  readonly pointer: string
}

/** Longest group, name, vendor, version or reference, in characters. */
const maxTextLength = 4096

/** CPEs of one component that are kept; scanners guess dozens. */
const maxCpes = 64

/**
 * Puts one component together. Returns undefined, after having said why, only for something that has
 * neither a name nor a package URL.
 */
export function componentOf(written: WrittenComponent, problems: ProblemCollector): PathlessComponent | undefined {
  const { group, vendor, pointer, ref } = written
  const purl = purlOf(written.purls, problems)
  const name = written.name ?? purl?.found.name
  if (name === undefined) {
    problems.add('bad-component', `${pointer}/name`, 'a component has a name')
    return undefined
  }
  const version = versionOf(written, purl?.found, purl?.pointer ?? pointer, problems)
  const cpes = cpesOf(written, purl?.found, version, problems)
  return {
    type: written.type ?? 'library',
    ...(group !== undefined && { group }),
    name,
    ...(vendor !== undefined && { vendor }),
    ...(version !== undefined && { version }),
    ...(purl !== undefined && { purl: purl.found }),
    ...(cpes.length > 0 && { cpes }),
    ref,
    pointer,
  }
}

/** A member that is a text. Empty texts and null are as good as absent. */
export function textOf(
  value: Readonly<Record<string, unknown>>,
  field: string,
  pointer: string,
  problems: ProblemCollector,
): string | undefined {
  const found = value[field]
  if (found === undefined || found === null || found === '') return undefined
  if (typeof found === 'string' && found.length <= maxTextLength) return found
  problems.add('bad-component', `${pointer}/${field}`, `"${field}" is a text of at most ${maxTextLength} characters`)
  return undefined
}

/** `group/name@version`, the way people write it. */
export function labelOf(component: Pick<Component, 'group' | 'name' | 'version'>): string {
  const name = component.group === undefined ? component.name : `${component.group}/${component.name}`
  return component.version === undefined ? name : `${name}@${component.version}`
}

/** The first package URL that can be read. Another one that names another package is reported. */
function purlOf(
  written: readonly Written[],
  problems: ProblemCollector,
): { readonly found: Purl; readonly pointer: string } | undefined {
  let first: { readonly found: Purl; readonly pointer: string } | undefined
  for (const { value, pointer } of written) {
    const found = readPurl(value, pointer, problems)
    if (found === undefined) continue
    if (first === undefined) {
      first = { found, pointer }
    } else if (purlKey(found) !== purlKey(first.found) || found.version !== first.found.version) {
      problems.add('purl-mismatch', pointer, `${quoted(String(value))} is another package or version than the first`)
    }
  }
  return first
}

function readPurl(value: unknown, pointer: string, problems: ProblemCollector): Purl | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') {
    problems.add('bad-purl', pointer, 'a package URL is a text')
    return undefined
  }
  try {
    return parsePurl(value)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    problems.add('bad-purl', pointer, error.message)
    return undefined
  }
}

/**
 * The version that matching will use. Only versions of ecosystems whose order is known are checked;
 * of the others nothing can be said here, and matching calls them undetermined.
 */
function versionOf(
  { version: written, versionPointer, pointer }: WrittenComponent,
  purl: Purl | undefined,
  purlPointer: string,
  problems: ProblemCollector,
): string | undefined {
  const version = purl?.version ?? written
  const scheme = purl === undefined ? undefined : schemeOfType(purl.type)
  if (scheme === undefined) return version
  if (version === undefined) {
    problems.add('version-missing', pointer, 'it names a package but no version')
    return undefined
  }
  const at = purl?.version === undefined ? versionPointer : purlPointer
  try {
    const place = scheme.placing((purl === undefined ? undefined : packageVersion(purl)) ?? version)
    if (written !== undefined && written !== version && place(written) !== 0) {
      problems.add(
        'version-mismatch',
        versionPointer,
        `version ${quoted(written)} is not the ${quoted(version)} of the package URL, which is used`,
      )
    }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    problems.add('bad-version', at, error.message)
  }
  return version
}

/** CPEs are kept as they are. What they say against the package URL is reported once a component. */
function cpesOf(
  { cpes, pointer }: WrittenComponent,
  purl: Purl | undefined,
  version: string | undefined,
  problems: ProblemCollector,
): readonly string[] {
  const kept: string[] = []
  let contradicted = purl === undefined || version === undefined
  for (const { value, pointer: at } of cpes) {
    if (value === undefined || value === null || value === '') continue
    const cpe = typeof value === 'string' ? parseCpe(value) : undefined
    if (typeof value !== 'string' || cpe === undefined) {
      problems.add('bad-cpe', at, 'a CPE begins with cpe:2.3: and has eleven values, or begins with cpe:/')
      continue
    }
    if (!contradicted && version !== undefined && disagrees(cpe, version)) {
      contradicted = true
      problems.add(
        'cpe-mismatch',
        at,
        `the CPE has version ${quoted(cpe.version)}, the package URL ${quoted(version)}, which is used`,
      )
    }
    if (kept.length < maxCpes) kept.push(value)
    else problems.add('left-out', at, `at most ${maxCpes} CPEs of the component at ${pointer} are kept`)
  }
  return kept
}
