/**
 * SPDX 2.2 and 2.3 JSON (SPDX specification 2.3, clauses 6 to 11): packages, files, and the
 * relationships that say what contains or needs what.
 */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { quoted, type ProblemCollector } from '../problem.ts'
import { componentOf, textOf, type PathlessComponent, type Written } from './component.ts'
import { Inventory, type Sbom, type SbomReader } from './inventory.ts'
import type { SbomLimits } from './sbom-limits.ts'

/** Members by which a document is known to be meant as SPDX 2. */
export const spdx2Members: ReadonlySet<string> = new Set([
  'spdxVersion',
  'SPDXID',
  'dataLicense',
  'creationInfo',
  'documentNamespace',
  'documentDescribes',
  'externalDocumentRefs',
  'packages',
  'files',
  'snippets',
  'relationships',
])

/** What the first element needs or contains (clause 11.1); `DESCRIBES` names the roots. */
const downwards: ReadonlySet<string> = new Set([
  'CONTAINS',
  'DEPENDS_ON',
  'DYNAMIC_LINK',
  'HAS_PREREQUISITE',
  'STATIC_LINK',
])

/** The same said from the other side: here the second element needs or contains the first. */
const upwards: ReadonlySet<string> = new Set([
  'BUILD_DEPENDENCY_OF',
  'CONTAINED_BY',
  'DEPENDENCY_OF',
  'DEV_DEPENDENCY_OF',
  'OPTIONAL_COMPONENT_OF',
  'OPTIONAL_DEPENDENCY_OF',
  'PACKAGE_OF',
  'PREREQUISITE_FOR',
  'PROVIDED_DEPENDENCY_OF',
  'RUNTIME_DEPENDENCY_OF',
  'TEST_DEPENDENCY_OF',
])

/** The document itself, always under this name (clause 6.3). */
const documentId = 'SPDXRef-DOCUMENT'

export class Spdx2Reader implements SbomReader {
  readonly #inventory: Inventory
  #version: string | undefined
  #namespace: string | undefined
  #created: string | undefined
  /** References of what the document describes. */
  readonly #described = new Set<string>()

  constructor(limits: SbomLimits) {
    this.#inventory = new Inventory(limits, 'SPDXID', '/relationships')
    this.#inventory.graph.passOver(documentId)
  }

  member(name: string, value: unknown): void {
    switch (name) {
      case 'spdxVersion':
        this.#version = checkedVersion(value)
        return
      case 'documentNamespace':
        if (typeof value === 'string') this.#namespace = value
        return
      case 'creationInfo':
        if (isObject(value) && typeof value['created'] === 'string') this.#created = value['created']
        return
      case 'packages':
      case 'files':
      case 'relationships':
        // Writers leave out empty arrays as null.
        if (value !== null) throw new ExposureError('bad-sbom', `"${name}" is an array`, `/${name}`)
    }
  }

  array(name: string): void {
    if (name === 'spdxVersion') throw new ExposureError('bad-sbom', '"spdxVersion" is no array', '/spdxVersion')
  }

  element(name: string, index: number, value: unknown): void {
    switch (name) {
      case 'packages':
        this.#addPackage(value, `/packages/${index}`)
        return
      case 'files':
      case 'snippets':
        this.#addFile(value, `/${name}/${index}`)
        return
      case 'relationships':
        this.#addRelationship(value, index)
        return
      case 'documentDescribes':
        if (typeof value === 'string') this.#described.add(value)
        else this.#bad(`/documentDescribes/${index}`, 'what a document describes is named by its SPDXID')
    }
  }

  finish(): Sbom {
    if (this.#version === undefined) {
      throw new ExposureError('not-an-sbom', 'this is no SPDX document: it has no "spdxVersion"')
    }
    const { graph } = this.#inventory
    const roots = [...this.#described].flatMap((ref) => graph.nodeOf(ref) ?? [])
    const [only, second] = roots
    const metadata = {
      format: 'SPDX',
      specVersion: this.#version,
      ...(this.#namespace !== undefined && { serialNumber: this.#namespace }),
      ...(this.#created !== undefined && { timestamp: this.#created }),
    } as const
    const main = only === undefined || second !== undefined ? undefined : this.#inventory.listed(only)
    return this.#inventory.finish(metadata, roots, main)
  }

  #addPackage(value: unknown, pointer: string): void {
    this.#inventory.checkRoom(pointer)
    const component = readPackage(value, pointer, this.#inventory.problems)
    if (component !== undefined) this.#inventory.add(component)
  }

  #addFile(value: unknown, pointer: string): void {
    if (!isObject(value) || typeof value['SPDXID'] !== 'string') {
      this.#bad(pointer, 'a file or snippet is an object with the text "SPDXID"')
      return
    }
    const name = value['fileName'] ?? value['name']
    const { SPDXID: id } = value
    this.#inventory.addOther(typeof name === 'string' && name !== '' ? name.slice(0, 256) : id, id, pointer)
  }

  #addRelationship(value: unknown, index: number): void {
    const pointer = `/relationships/${index}`
    if (!isObject(value)) return this.#bad(pointer, 'a relationship is an object')
    const { spdxElementId: from, relatedSpdxElement: to, relationshipType: type } = value
    if (typeof from !== 'string' || typeof to !== 'string' || typeof type !== 'string') {
      return this.#bad(pointer, 'a relationship has "spdxElementId", "relationshipType" and "relatedSpdxElement"')
    }
    // Clause 11.1: nothing is there, or nothing is said.
    if (to === 'NONE' || to === 'NOASSERTION') return
    if (type === 'DESCRIBES') this.#described.add(to)
    else if (type === 'DESCRIBED_BY') this.#described.add(from)
    else if (downwards.has(type)) this.#inventory.graph.addEdge(from, to, index)
    else if (upwards.has(type)) this.#inventory.graph.addEdge(to, from, index)
  }

  #bad(pointer: string, message: string): void {
    this.#inventory.problems.add('bad-relationship', pointer, message)
  }
}

function readPackage(value: unknown, pointer: string, problems: ProblemCollector): PathlessComponent | undefined {
  if (!isObject(value)) {
    problems.add('bad-component', pointer, 'a package is a JSON object')
    return undefined
  }
  const text = (field: string): string | undefined => textOf(value, field, pointer, problems)
  const version = text('versionInfo')
  return componentOf(
    {
      type: text('primaryPackagePurpose')?.toLowerCase().replaceAll('_', '-'),
      group: undefined,
      name: text('name'),
      vendor: organizationOf(text('supplier')) ?? organizationOf(text('originator')),
      version: version === 'NOASSERTION' ? undefined : version,
      versionPointer: `${pointer}/versionInfo`,
      ...identifiersOf(value['externalRefs'], `${pointer}/externalRefs`, problems),
      ref: text('SPDXID'),
      pointer,
    },
    problems,
  )
}

/** `Siemens` of `Organization: Siemens (productcert@siemens.com)` (clauses 7.5 and 7.6); persons are no vendors. */
function organizationOf(agent: string | undefined): string | undefined {
  const begin = 'Organization:'
  if (agent?.startsWith(begin) !== true) return undefined
  const named = agent.slice(begin.length)
  const mail = named.endsWith(')') ? named.lastIndexOf('(') : -1
  const name = (mail < 0 ? named : named.slice(0, mail)).trim()
  return name === '' ? undefined : name
}

/** Package URLs and CPEs among the external references (clause 7.21 and annex F). */
function identifiersOf(
  value: unknown,
  pointer: string,
  problems: ProblemCollector,
): { readonly purls: readonly Written[]; readonly cpes: readonly Written[] } {
  const purls: Written[] = []
  const cpes: Written[] = []
  if (value === undefined || value === null) return { purls, cpes }
  if (!Array.isArray(value)) {
    problems.add('bad-component', pointer, '"externalRefs" is an array')
    return { purls, cpes }
  }
  for (const [index, ref] of value.entries()) {
    if (!isObject(ref)) {
      problems.add('bad-component', `${pointer}/${index}`, 'an external reference is an object')
      continue
    }
    const written = { value: ref['referenceLocator'], pointer: `${pointer}/${index}/referenceLocator` }
    // Some writers give the type as the address of its definition.
    const type = typeof ref['referenceType'] === 'string' ? ref['referenceType'].split('/').at(-1) : undefined
    if (type === 'purl') purls.push(written)
    else if (type === 'cpe22Type' || type === 'cpe23Type') cpes.push(written)
  }
  return { purls, cpes }
}

function checkedVersion(value: unknown): string {
  if (value === 'SPDX-2.2' || value === 'SPDX-2.3') return value.slice('SPDX-'.length)
  const shown = typeof value === 'string' ? quoted(value, 20) : 'that'
  throw new ExposureError(
    'unsupported-sbom-version',
    `SPDX 2.2, 2.3 and 3.0 is read, and ${shown} is another version`,
    '/spdxVersion',
  )
}
