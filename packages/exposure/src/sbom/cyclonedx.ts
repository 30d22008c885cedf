/** CycloneDX 1.4 to 1.7 JSON (ECMA-424): components, services and the dependencies between them. */
import { ExposureError } from '../exposure-error.ts'
import { isObject } from '../json/json-object.ts'
import { quoted, type ProblemCollector } from '../problem.ts'
import { componentOf, textOf, type PathlessComponent } from './component.ts'
import { Inventory, type Placed, type Sbom, type SbomReader } from './inventory.ts'
import type { SbomLimits } from './sbom-limits.ts'

const readVersions: ReadonlySet<string> = new Set(['1.4', '1.5', '1.6', '1.7'])

/** Members by which a document is known to be meant as CycloneDX. */
export const cycloneDxMembers: ReadonlySet<string> = new Set([
  'bomFormat',
  'specVersion',
  'serialNumber',
  'metadata',
  'components',
  'services',
  'dependencies',
  'compositions',
  'vulnerabilities',
])

export class CycloneDxReader implements SbomReader {
  readonly #inventory: Inventory
  #format: string | undefined
  #specVersion: string | undefined
  #serialNumber: string | undefined
  #timestamp: string | undefined
  #main: Placed | undefined

  constructor(limits: SbomLimits) {
    this.#inventory = new Inventory(limits, 'bom-ref')
  }

  member(name: string, value: unknown): void {
    switch (name) {
      case 'bomFormat':
        if (value !== 'CycloneDX') throw notCycloneDx('"bomFormat" is not "CycloneDX"', '/bomFormat')
        this.#format = value
        return
      case 'specVersion':
        this.#specVersion = checkedVersion(value)
        return
      case 'serialNumber':
        if (typeof value === 'string') this.#serialNumber = value
        return
      case 'metadata':
        this.#readMetadata(value)
        return
      case 'components':
      case 'dependencies':
      case 'services':
        throw new ExposureError('bad-sbom', `"${name}" is an array`, `/${name}`)
    }
  }

  array(name: string): void {
    if (['bomFormat', 'specVersion', 'metadata'].includes(name)) {
      throw new ExposureError('bad-sbom', `"${name}" is no array`, `/${name}`)
    }
  }

  element(name: string, index: number, value: unknown): void {
    switch (name) {
      case 'components':
        this.#addComponent(value, `/components/${index}`, undefined)
        return
      case 'services':
        this.#addService(value, `/services/${index}`)
        return
      case 'dependencies':
        this.#addDependency(value, `/dependencies/${index}`)
    }
  }

  finish(): Sbom {
    if (this.#format === undefined) throw notCycloneDx('it has no "bomFormat"')
    if (this.#specVersion === undefined) {
      throw new ExposureError('unsupported-sbom-version', 'the document has no "specVersion"')
    }
    const metadata = {
      format: 'CycloneDX',
      specVersion: this.#specVersion,
      ...(this.#serialNumber !== undefined && { serialNumber: this.#serialNumber }),
      ...(this.#timestamp !== undefined && { timestamp: this.#timestamp }),
    } as const
    return this.#inventory.finish(metadata, this.#main === undefined ? [] : [this.#main.node], this.#main)
  }

  #readMetadata(value: unknown): void {
    if (!isObject(value)) throw new ExposureError('bad-sbom', '"metadata" is an object', '/metadata')
    if (typeof value['timestamp'] === 'string') this.#timestamp = value['timestamp']
    if (value['component'] === undefined) return
    const pointer = '/metadata/component'
    const component = readComponent(value['component'], pointer, this.#inventory.problems)
    if (component === undefined) return
    this.#main = this.#inventory.place(component)
    this.#addNested(value['component'], pointer, this.#main.node)
  }

  #addComponent(value: unknown, pointer: string, container: number | undefined): void {
    this.#inventory.checkRoom(pointer)
    const component = readComponent(value, pointer, this.#inventory.problems)
    const node = component === undefined ? container : this.#inventory.add(component, container).node
    this.#addNested(value, pointer, node)
  }

  /** Recursion is bounded: the reader of members refuses values nested deeper than the limit. */
  #addNested(value: unknown, pointer: string, container: number | undefined): void {
    const nested = isObject(value) ? value['components'] : undefined
    if (nested === undefined || nested === null) return
    if (!Array.isArray(nested)) {
      this.#inventory.problems.add('bad-component', `${pointer}/components`, '"components" is an array')
      return
    }
    nested.forEach((child, index) => this.#addComponent(child, `${pointer}/components/${index}`, container))
  }

  /** Services are no components, but dependencies may lead through them. */
  #addService(value: unknown, pointer: string): void {
    if (!isObject(value)) return
    const { name, 'bom-ref': ref, services } = value
    if (typeof ref === 'string') this.#inventory.addOther(typeof name === 'string' ? name : ref, ref, pointer)
    if (Array.isArray(services)) {
      services.forEach((child, index) => this.#addService(child, `${pointer}/services/${index}`))
    }
  }

  #addDependency(value: unknown, pointer: string): void {
    const { problems, graph } = this.#inventory
    if (!isObject(value) || typeof value['ref'] !== 'string') {
      problems.add('bad-dependency', pointer, 'a dependency is an object with the text "ref"')
      return
    }
    const targets = value['dependsOn'] ?? []
    if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string')) {
      problems.add('bad-dependency', `${pointer}/dependsOn`, '"dependsOn" is an array of texts')
      return
    }
    graph.addDependencies(value['ref'], targets, pointer)
  }
}

/** Reads one component without its nested ones; undefined, after having said why, when it has no name. */
function readComponent(value: unknown, pointer: string, problems: ProblemCollector): PathlessComponent | undefined {
  if (!isObject(value)) {
    problems.add('bad-component', pointer, 'a component is a JSON object')
    return undefined
  }
  const text = (field: string): string | undefined => textOf(value, field, pointer, problems)
  const nameOf = (field: string): string | undefined => {
    const organization = value[field]
    return isObject(organization) ? textOf(organization, 'name', `${pointer}/${field}`, problems) : undefined
  }
  return componentOf(
    {
      type: text('type'),
      group: text('group'),
      name: text('name'),
      vendor: nameOf('supplier') ?? nameOf('manufacturer') ?? text('publisher'),
      version: text('version'),
      versionPointer: `${pointer}/version`,
      purls: [{ value: value['purl'], pointer: `${pointer}/purl` }],
      cpes: [{ value: value['cpe'], pointer: `${pointer}/cpe` }],
      ref: text('bom-ref'),
      pointer,
    },
    problems,
  )
}

function checkedVersion(value: unknown): string {
  if (typeof value === 'string' && readVersions.has(value)) return value
  const shown = typeof value === 'string' ? quoted(value, 20) : 'that'
  throw new ExposureError(
    'unsupported-sbom-version',
    `CycloneDX 1.4 to 1.7 is read, and ${shown} is another version`,
    '/specVersion',
  )
}

function notCycloneDx(reason: string, pointer = ''): ExposureError {
  return new ExposureError('not-an-sbom', `this is no CycloneDX document: ${reason}`, pointer)
}
