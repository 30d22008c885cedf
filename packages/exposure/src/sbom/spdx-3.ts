/**
 * SPDX 3.0 JSON-LD in the form its own serialization fixes (SPDX 3.0.1, clause 6 and annex on RDF):
 * one context, and a flat graph of typed elements.
 *
 *     { "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
 *       "@graph": [ { "type": "software_Package", "spdxId": "urn:…", "software_packageUrl": "pkg:…" },
 *                   { "type": "Relationship", "from": "urn:…", "relationshipType": "dependsOn", "to": [ "urn:…" ] } ] }
 *
 * It is read as JSON: no other context is fetched or applied. An element that stands inside another is
 * read in its place.
 */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { quoted, type ProblemCollector } from '../problem.ts'
import { componentOf, textOf, type PathlessComponent, type Written } from './component.ts'
import { Inventory, type Sbom, type SbomReader } from './inventory.ts'
import type { SbomLimits } from './sbom-limits.ts'

/** Members by which a document is known to be meant as SPDX 3. */
export const spdx3Members: ReadonlySet<string> = new Set(['@context', '@graph'])

const packages: ReadonlySet<string> = new Set(['software_Package', 'ai_AIPackage', 'dataset_DatasetPackage'])
const files: ReadonlySet<string> = new Set(['software_File', 'software_Snippet'])
const collections: ReadonlySet<string> = new Set(['SpdxDocument', 'software_Sbom', 'Bom', 'Bundle'])
const relationships: ReadonlySet<string> = new Set(['Relationship', 'LifecycleScopedRelationship'])

/** Relationship types by which the first element needs or contains the others (Core, RelationshipType). */
const downwards: ReadonlySet<string> = new Set([
  'contains',
  'dependsOn',
  'hasDynamicLink',
  'hasOptionalComponent',
  'hasOptionalDependency',
  'hasPrerequisite',
  'hasProvidedDependency',
  'hasStaticLink',
])

type Element = Readonly<Record<string, unknown>>

export class Spdx3Reader implements SbomReader {
  readonly #inventory: Inventory
  #version: string | undefined
  #hasGraph = false
  #documentId: string | undefined
  #created: string | undefined
  readonly #roots = new Set<string>()

  constructor(limits: SbomLimits) {
    this.#inventory = new Inventory(limits, 'spdxId', '/@graph')
  }

  member(name: string, value: unknown): void {
    if (name === '@graph') throw new ExposureError('bad-sbom', '"@graph" is an array', '/@graph')
    if (name === '@context') this.#readContext(value, '/@context')
  }

  array(name: string): void {
    if (name === '@graph') this.#hasGraph = true
  }

  element(name: string, index: number, value: unknown): void {
    if (name === '@graph') this.#addElement(value, `/@graph/${index}`, index)
    else if (name === '@context') this.#readContext(value, `/@context/${index}`)
  }

  finish(): Sbom {
    if (this.#version === undefined) {
      throw new ExposureError('not-an-sbom', 'this is no SPDX document: its "@context" is not that of SPDX 3')
    }
    if (!this.#hasGraph) throw new ExposureError('not-an-sbom', 'this is no SPDX 3 document: it has no "@graph"')
    const roots = [...this.#roots].flatMap((ref) => this.#inventory.graph.nodeOf(ref) ?? [])
    const [only, second] = roots
    const metadata = {
      format: 'SPDX',
      specVersion: this.#version,
      ...(this.#documentId !== undefined && { serialNumber: this.#documentId }),
      ...(this.#created !== undefined && { timestamp: this.#created }),
    } as const
    const main = only === undefined || second !== undefined ? undefined : this.#inventory.listed(only)
    return this.#inventory.finish(metadata, roots, main)
  }

  #readContext(value: unknown, pointer: string): void {
    const version = typeof value === 'string' ? /^https?:\/\/spdx\.org\/rdf\/(\d+\.\d+)/.exec(value)?.[1] : undefined
    if (version === undefined) return
    if (version !== '3.0') {
      const reason = `SPDX 2.2, 2.3 and 3.0 is read, and ${quoted(version)} is another version`
      throw new ExposureError('unsupported-sbom-version', reason, pointer)
    }
    this.#version = version
  }

  /** Recursion is bounded: the reader of members refuses values nested deeper than the limit. */
  #addElement(value: unknown, pointer: string, index: number): void {
    if (!isObject(value)) {
      this.#inventory.problems.add('bad-component', pointer, 'an element of the graph is an object')
      return
    }
    const type = typeOf(value)
    if (type === undefined) {
      this.#inventory.problems.add('bad-component', `${pointer}/type`, 'an element of the graph has a "type"')
    } else if (packages.has(type)) {
      this.#inventory.checkRoom(pointer)
      const component = readPackage(value, pointer, this.#inventory.problems)
      if (component !== undefined) this.#inventory.add(component)
    } else if (files.has(type)) {
      this.#addFile(value, pointer)
    } else if (collections.has(type)) {
      this.#addCollection(type, value, pointer, index)
    } else if (relationships.has(type)) {
      this.#addRelationship(value, pointer, index)
    } else {
      this.#addDescription(type, value)
    }
  }

  #addFile(value: Element, pointer: string): void {
    const id = idOf(value)
    if (id === undefined) {
      this.#inventory.problems.add('bad-component', `${pointer}/spdxId`, 'an element has the text "spdxId"')
      return
    }
    const { name } = value
    this.#inventory.addOther(typeof name === 'string' && name !== '' ? name.slice(0, 256) : id, id, pointer)
  }

  /** Collections name the roots. What they list as `element` stands in the graph anyway. */
  #addCollection(type: string, value: Element, pointer: string, index: number): void {
    const id = idOf(value)
    if (id !== undefined) this.#inventory.graph.passOver(id)
    if (type === 'SpdxDocument') {
      this.#documentId = id
      for (const imported of listOf(value['import'])) {
        // What another document holds is known by name only.
        const external = isObject(imported) ? imported['externalSpdxId'] : undefined
        if (typeof external === 'string') this.#inventory.graph.passOver(external)
      }
    }
    for (const ref of this.#refsOf(value['rootElement'], `${pointer}/rootElement`, index)) this.#roots.add(ref)
    for (const [at, nested] of listOf(value['element']).entries()) {
      if (isObject(nested)) this.#addElement(nested, `${pointer}/element/${at}`, index)
    }
  }

  #addRelationship(value: Element, pointer: string, index: number): void {
    const type = value['relationshipType']
    const [from] = this.#refsOf(value['from'], `${pointer}/from`, index)
    const targets = this.#refsOf(value['to'], `${pointer}/to`, index)
    if (typeof type !== 'string' || from === undefined) {
      const message = 'a relationship has "from", "relationshipType" and "to"'
      this.#inventory.problems.add('bad-relationship', pointer, message)
      return
    }
    if (type === 'describes') for (const to of targets) this.#roots.add(to)
    if (!downwards.has(type)) return
    for (const to of targets) {
      // The individuals that say that nothing is there, or nothing is said.
      if (!/(?:None|NoAssertion)(?:Element)?$/.test(to)) this.#inventory.graph.addEdge(from, to, index)
    }
  }

  #addDescription(type: string, value: Element): void {
    const id = idOf(value)
    if (id !== undefined) this.#inventory.graph.passOver(id)
    if (type === 'CreationInfo' && typeof value['created'] === 'string') this.#created ??= value['created']
  }

  /** References, one or several; an element that stands there itself is read first. */
  #refsOf(value: unknown, pointer: string, index: number): readonly string[] {
    return listOf(value).flatMap((each, position) => {
      if (typeof each === 'string') return [each]
      const at = Array.isArray(value) ? `${pointer}/${position}` : pointer
      const id = isObject(each) ? idOf(each) : undefined
      if (id === undefined) {
        this.#inventory.problems.add('bad-relationship', at, 'an element is named by its "spdxId"')
        return []
      }
      if (isObject(each) && typeOf(each) !== undefined) this.#addElement(each, at, index)
      return [id]
    })
  }
}

function readPackage(value: Element, pointer: string, problems: ProblemCollector): PathlessComponent | undefined {
  const text = (field: string): string | undefined => textOf(value, field, pointer, problems)
  const purls: Written[] = [{ value: value['software_packageUrl'], pointer: `${pointer}/software_packageUrl` }]
  const cpes: Written[] = []
  for (const [index, each] of listOf(value['externalIdentifier']).entries()) {
    if (!isObject(each)) {
      problems.add('bad-component', `${pointer}/externalIdentifier/${index}`, 'an external identifier is an object')
      continue
    }
    const written = { value: each['identifier'], pointer: `${pointer}/externalIdentifier/${index}/identifier` }
    const type = each['externalIdentifierType']
    if (type === 'packageUrl' || type === 'purl') purls.push(written)
    else if (type === 'cpe22' || type === 'cpe23') cpes.push(written)
  }
  return componentOf(
    {
      type: text('software_primaryPurpose')?.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      group: undefined,
      name: text('name'),
      // Its supplier is another element, which may come later in the stream.
      vendor: undefined,
      version: text('software_packageVersion'),
      versionPointer: `${pointer}/software_packageVersion`,
      purls,
      cpes,
      ref: text('spdxId') ?? text('@id'),
      pointer,
    },
    problems,
  )
}

/** The type without the address of its vocabulary: `software_Package`, also for `…/terms/Software/Package`. */
function typeOf(value: Element): string | undefined {
  const type = value['type'] ?? value['@type']
  if (typeof type !== 'string' || type === '') return undefined
  const terms = /\/terms\/(?<profile>[A-Za-z]{1,40})\/(?<name>\w{1,80})$/.exec(type)?.groups
  if (terms === undefined) return type
  const profile = terms['profile']?.toLowerCase()
  return profile === 'core' ? terms['name'] : `${profile}_${terms['name']}`
}

function idOf(value: Element): string | undefined {
  const id = value['spdxId'] ?? value['@id']
  return typeof id === 'string' && id !== '' ? id : undefined
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
