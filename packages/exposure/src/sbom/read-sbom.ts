/**
 * Reads CycloneDX 1.4 to 1.7 JSON (ECMA-424) as a stream, in memory that grows with the number of
 * components and dependencies and not with the size of the document.
 */
import { ExposureError } from '../exposure-error.ts'
import { ProblemCollector, quoted, type ProblemList } from '../problem.ts'
import { isObject, labelOf, readComponent, type Component, type PathlessComponent } from './component.ts'
import { DependencyGraph } from './dependency-graph.ts'
import { JsonMembers, type MemberSink } from './json-members.ts'
import { defaultSbomLimits, type SbomLimits } from './sbom-limits.ts'

/** What the document says about itself. */
export interface SbomMetadata {
  readonly specVersion: string
  readonly serialNumber?: string
  readonly timestamp?: string
  /** What the document is an inventory of. */
  readonly component?: Component
}

/** An inventory: its components, and everything in it that could not be used. */
export interface Sbom extends ProblemList {
  readonly metadata: SbomMetadata
  /** In document order; a nested component follows the one that contains it. */
  readonly components: readonly Component[]
  /** Components without a package URL: nothing can be matched against them. */
  readonly withoutPurl: number
  readonly dependencies: number
}

const readVersions: ReadonlySet<string> = new Set(['1.4', '1.5', '1.6', '1.7'])

/** Large sources are pushed in slices of this size. */
const sliceBytes = 1024 * 1024

/**
 * Reads an inventory.
 *
 * A document that is none is refused with `ExposureError`: `not-json`, `not-utf-8`, `not-an-sbom`,
 * `unsupported-sbom-version`, `bad-sbom`, or one of the limits (`too-large`, `too-deep`, `too-many`).
 * What is wrong with a single component or dependency is listed in `problems` with its JSON pointer
 * and counted in `counts`; the component stays in the list.
 */
export async function readSbom(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  limits: Partial<SbomLimits> = {},
): Promise<Sbom> {
  const all = { ...defaultSbomLimits, ...limits }
  const reader = new SbomReader(all)
  const members = new JsonMembers(reader, all)
  let bytes = 0
  for await (const chunk of source instanceof Uint8Array ? slices(source) : source) {
    bytes += chunk.length
    if (bytes > all.bytes) throw new ExposureError('too-large', `an SBOM may have ${all.bytes} octets`)
    members.push(chunk)
  }
  members.end()
  return reader.finish()
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes)
}

class SbomReader implements MemberSink {
  readonly #limits: SbomLimits
  readonly #problems: ProblemCollector
  readonly #graph: DependencyGraph
  readonly #components: { readonly component: PathlessComponent; readonly node: number }[] = []
  #format: string | undefined
  #specVersion: string | undefined
  #serialNumber: string | undefined
  #timestamp: string | undefined
  #main: { readonly component: PathlessComponent; readonly node: number } | undefined

  constructor(limits: SbomLimits) {
    this.#limits = limits
    this.#problems = new ProblemCollector(limits.problems)
    this.#graph = new DependencyGraph(limits.edges)
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
      case 'spdxVersion':
        throw notCycloneDx('it is an SPDX document, which is not read yet', '/spdxVersion')
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
    const parents = this.#graph.parents(this.#main?.node, this.#problems)
    const complete = ({ component, node }: { component: PathlessComponent; node: number }): Component => {
      const { ref, ...rest } = component
      const path = this.#graph.path(node, parents, this.#limits.pathLength)
      return { ...rest, ...(ref !== undefined && { ref }), path }
    }
    const components = this.#components.map(complete)
    return {
      metadata: {
        specVersion: this.#specVersion,
        ...(this.#serialNumber !== undefined && { serialNumber: this.#serialNumber }),
        ...(this.#timestamp !== undefined && { timestamp: this.#timestamp }),
        ...(this.#main !== undefined && { component: complete(this.#main) }),
      },
      components,
      withoutPurl: components.filter((component) => component.purl === undefined).length,
      dependencies: this.#graph.edges,
      ...this.#problems.list(),
    }
  }

  #readMetadata(value: unknown): void {
    if (!isObject(value)) throw new ExposureError('bad-sbom', '"metadata" is an object', '/metadata')
    if (typeof value['timestamp'] === 'string') this.#timestamp = value['timestamp']
    if (value['component'] === undefined) return
    const pointer = '/metadata/component'
    const component = readComponent(value['component'], pointer, this.#problems)
    if (component === undefined) return
    const node = this.#addNode(component, undefined)
    this.#main = { component: this.#withFreeRef(component, node), node }
    this.#addNested(value['component'], pointer, node)
  }

  #addComponent(value: unknown, pointer: string, container: number | undefined): void {
    if (this.#components.length >= this.#limits.components) {
      throw new ExposureError('too-many', `at most ${this.#limits.components} components are read`, pointer)
    }
    const component = readComponent(value, pointer, this.#problems)
    let node = container
    if (component !== undefined) {
      node = this.#addNode(component, container)
      this.#components.push({ component: this.#withFreeRef(component, node), node })
    }
    this.#addNested(value, pointer, node)
  }

  /** Recursion is bounded: the reader of members refuses values nested deeper than the limit. */
  #addNested(value: unknown, pointer: string, container: number | undefined): void {
    const nested = isObject(value) ? value['components'] : undefined
    if (nested === undefined || nested === null) return
    if (!Array.isArray(nested)) {
      this.#problems.add('bad-component', `${pointer}/components`, '"components" is an array')
      return
    }
    nested.forEach((child, index) => this.#addComponent(child, `${pointer}/components/${index}`, container))
  }

  #addNode(component: PathlessComponent, container: number | undefined): number {
    return this.#graph.addNode({ label: labelOf(component), pointer: component.pointer, container })
  }

  #withFreeRef(component: PathlessComponent, node: number): PathlessComponent {
    const { ref, pointer } = component
    if (ref === undefined || this.#graph.name(node, ref)) return component
    this.#problems.add('duplicate-ref', `${pointer}/bom-ref`, `another component has the bom-ref ${quoted(ref)}`)
    return { ...component, ref: undefined }
  }

  /** Services are no components, but dependencies may lead through them. */
  #addService(value: unknown, pointer: string): void {
    if (!isObject(value)) return
    const { name, 'bom-ref': ref, services } = value
    if (typeof ref === 'string') {
      const label = typeof name === 'string' ? name : ref
      this.#graph.name(this.#graph.addNode({ label, pointer, container: undefined }), ref)
    }
    if (Array.isArray(services)) {
      services.forEach((child, index) => this.#addService(child, `${pointer}/services/${index}`))
    }
  }

  #addDependency(value: unknown, pointer: string): void {
    if (!isObject(value) || typeof value['ref'] !== 'string') {
      this.#problems.add('bad-dependency', pointer, 'a dependency is an object with the text "ref"')
      return
    }
    const targets = value['dependsOn'] ?? []
    if (!Array.isArray(targets) || !targets.every((target) => typeof target === 'string')) {
      this.#problems.add('bad-dependency', `${pointer}/dependsOn`, '"dependsOn" is an array of texts')
      return
    }
    this.#graph.addDependencies(value['ref'], targets, pointer)
  }
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
