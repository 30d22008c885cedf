/** What every reader of SBOMs fills: components with their references, a graph between them, and problems. */
import { ExposureError } from '../exposure-error.ts'
import { ProblemCollector, quoted, type ProblemList } from '../problem.ts'
import { labelOf, type Component, type PathlessComponent } from './component.ts'
import { DependencyGraph } from './dependency-graph.ts'
import type { MemberSink } from '../json/json-members.ts'
import type { SbomLimits } from './sbom-limits.ts'

export type SbomFormat = 'CycloneDX' | 'SPDX'

/** What the document says about itself. */
export interface SbomMetadata {
  readonly format: SbomFormat
  readonly specVersion: string
  /** The serial number of CycloneDX, the namespace of SPDX 2, the identifier of the SPDX 3 document. */
  readonly serialNumber?: string
  readonly timestamp?: string
  /** What the document is an inventory of. SPDX lists it among the components too. */
  readonly component?: Component
}

/** An inventory: its components, and everything in it that could not be used. */
export interface Sbom extends ProblemList {
  readonly metadata: SbomMetadata
  /** In document order; a nested component follows the one that contains it. */
  readonly components: readonly Component[]
  /** Components without a package URL: they match by CPE or by name at most. */
  readonly withoutPurl: number
  readonly dependencies: number
}

/** Reads the members of one format, and gives the inventory once all have come. */
export interface SbomReader extends MemberSink {
  readonly finish: () => Sbom
}

/** A component and the node that stands for it. */
export interface Placed {
  readonly component: PathlessComponent
  readonly node: number
}

/** Collects what a reader finds. References are claimed first come, first served. */
export class Inventory {
  readonly problems: ProblemCollector
  readonly graph: DependencyGraph
  readonly #limits: SbomLimits
  /** What the format calls a reference, for messages. */
  readonly #refName: string
  readonly #placed: Placed[] = []
  #others = 0

  /** `edgePointer` is the array whose items name one edge each, where the format has one. */
  constructor(limits: SbomLimits, refName: string, edgePointer?: string) {
    this.#limits = limits
    this.#refName = refName
    this.problems = new ProblemCollector(limits.problems)
    this.graph = new DependencyGraph(limits.edges, edgePointer)
  }

  /** Throws `too-many` before a component is read that would be one too many. */
  checkRoom(pointer: string): void {
    if (this.#placed.length < this.#limits.components) return
    throw new ExposureError('too-many', `at most ${this.#limits.components} components are read`, pointer)
  }

  /** Gives a component its node and reference, without listing it. */
  place(component: PathlessComponent, container?: number): Placed {
    const label = labelOf(component)
    const node = this.graph.addNode({ label, pointer: component.pointer, container })
    if (component.ref === undefined || this.#claims(component.ref, node, component.pointer)) return { component, node }
    return { component: { ...component, ref: undefined }, node }
  }

  /** Lists a component. */
  add(component: PathlessComponent, container?: number): Placed {
    const placed = this.place(component, container)
    this.#placed.push(placed)
    return placed
  }

  /** Something that is no component and that dependencies may lead through: a service, a file. */
  addOther(label: string, ref: string, pointer: string): void {
    this.#others += 1
    if (this.#others > this.#limits.components) {
      throw new ExposureError('too-many', `at most ${this.#limits.components} services or files are read`, pointer)
    }
    this.#claims(ref, this.graph.addNode({ label, pointer, container: undefined }), pointer)
  }

  /** The listed component of a node. */
  listed(node: number): Placed | undefined {
    return this.#placed.find((placed) => placed.node === node)
  }

  finish(metadata: Omit<SbomMetadata, 'component'>, roots: readonly number[], main: Placed | undefined): Sbom {
    const parents = this.graph.parents(roots, this.problems)
    const complete = ({ component, node }: Placed): Component => {
      const { ref, ...rest } = component
      const path = this.graph.path(node, parents, this.#limits.pathLength)
      return { ...rest, ...(ref !== undefined && { ref }), path }
    }
    const components = this.#placed.map(complete)
    return {
      metadata: { ...metadata, ...(main !== undefined && { component: complete(main) }) },
      components,
      withoutPurl: components.filter((component) => component.purl === undefined).length,
      dependencies: this.graph.edges,
      ...this.problems.list(),
    }
  }

  #claims(ref: string, node: number, pointer: string): boolean {
    if (this.graph.name(node, ref)) return true
    const at = `${pointer}/${this.#refName}`
    this.problems.add('duplicate-ref', at, `another component has the ${this.#refName} ${quoted(ref)}`)
    return false
  }
}
