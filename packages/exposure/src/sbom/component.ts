/** Components of a CycloneDX document, as far as matching and explaining need them. */
import { ExposureError } from '../exposure-error.ts'
import { quoted, type ProblemCollector } from '../problem.ts'
import { purlKey } from '../purl/package-key.ts'
import { parsePurl, type Purl } from '../purl/purl.ts'
import { schemeOfType } from '../versions/ecosystems.ts'

/** One component of an inventory. */
export interface Component {
  /** What it is, by CycloneDX: `library`, `application`, `operating-system`, … */
  readonly type: string
  readonly group?: string
  readonly name: string
  /** The version of the package URL where it has one, else the one written beside it. */
  readonly version?: string
  readonly purl?: Purl
  /** The `bom-ref`, unique within the document. Absent also when another component had it first. */
  readonly ref?: string
  /** From the root of the dependency graph to this component, both ends included. */
  readonly path: readonly string[]
  /** Where it stands in the document (RFC 6901). */
  readonly pointer: string
}

/** A component before its path is known. */
export type PathlessComponent = Omit<Component, 'path' | 'ref'> & { readonly ref: string | undefined }

/** Longest group, name, version or `bom-ref`, in characters. */
const maxTextLength = 4096

/**
 * Reads one component without its nested ones. Returns undefined, after having said why, only for
 * something that has neither a name nor a package URL.
 */
export function readComponent(
  value: unknown,
  pointer: string,
  problems: ProblemCollector,
): PathlessComponent | undefined {
  if (!isObject(value)) {
    problems.add('bad-component', pointer, 'a component is a JSON object')
    return undefined
  }
  const text = (field: string): string | undefined => {
    const found = value[field]
    if (found === undefined || found === null || found === '') return undefined
    if (typeof found === 'string' && found.length <= maxTextLength) return found
    problems.add('bad-component', `${pointer}/${field}`, `"${field}" is a text of at most ${maxTextLength} characters`)
    return undefined
  }
  const purl = readPurl(value['purl'], pointer, problems)
  const name = text('name') ?? purl?.name
  if (name === undefined) {
    problems.add('bad-component', `${pointer}/name`, 'a component has a name')
    return undefined
  }
  const group = text('group')
  const version = versionOf(text('version'), purl, pointer, problems)
  return {
    type: text('type') ?? 'library',
    ...(group !== undefined && { group }),
    name,
    ...(version !== undefined && { version }),
    ...(purl !== undefined && { purl }),
    ref: text('bom-ref'),
    pointer,
  }
}

/** `group/name@version`, the way people write it. */
export function labelOf(component: Pick<Component, 'group' | 'name' | 'version'>): string {
  const name = component.group === undefined ? component.name : `${component.group}/${component.name}`
  return component.version === undefined ? name : `${name}@${component.version}`
}

/** The key under which rules for this component are looked up; undefined without a package URL. */
export function keyOf(component: Pick<Component, 'purl'>): string | undefined {
  return component.purl === undefined ? undefined : purlKey(component.purl)
}

/** Whether a JSON value is an object, neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readPurl(value: unknown, pointer: string, problems: ProblemCollector): Purl | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') {
    problems.add('bad-purl', `${pointer}/purl`, 'a package URL is a text')
    return undefined
  }
  try {
    return parsePurl(value)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    problems.add('bad-purl', `${pointer}/purl`, error.message)
    return undefined
  }
}

/**
 * The version that matching will use. Only versions of ecosystems whose order is known are checked;
 * of the others nothing can be said here, and matching calls them undetermined.
 */
function versionOf(
  written: string | undefined,
  purl: Purl | undefined,
  pointer: string,
  problems: ProblemCollector,
): string | undefined {
  const version = purl?.version ?? written
  const scheme = purl === undefined ? undefined : schemeOfType(purl.type)
  if (scheme === undefined) return version
  if (version === undefined) {
    problems.add('version-missing', pointer, 'it names a package but no version')
    return undefined
  }
  const at = purl?.version === undefined ? `${pointer}/version` : `${pointer}/purl`
  try {
    const place = scheme.placing(version)
    if (written !== undefined && written !== version && place(written) !== 0) {
      problems.add(
        'version-mismatch',
        `${pointer}/version`,
        `version ${quoted(written)} is not the ${quoted(version)} of the package URL, which is used`,
      )
    }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    problems.add('bad-version', at, error.message)
  }
  return version
}
