/**
 * The dependency graph of an inventory: for every component a path from the root, and what is wrong
 * with the graph. Linear in components and edges; nothing here recurses.
 */
import { ExposureError } from '../exposure-error.ts'
import { quoted, type ProblemCollector } from '../problem.ts'

/** A node that can be depended on: what it is called in a path, and where it stands. */
export interface GraphNode {
  readonly label: string
  readonly pointer: string
  /** The node that contains it, when components are nested. */
  readonly container: number | undefined
}

/** One element of the `dependencies` of the document. */
interface Entry {
  readonly from: number
  readonly pointer: string
  readonly targets: readonly number[]
}

/** Takes nodes and entries as they are read, and gives every node its path once all are there. */
export class DependencyGraph {
  readonly #nodes: GraphNode[] = []
  /** Every reference ever seen, as a small number: references repeat once per edge. */
  readonly #ids = new Map<string, number>()
  readonly #names: string[] = []
  /** The node that a reference stands for, by id. */
  readonly #nodeOfId = new Map<number, number>()
  /** References to what stands in the document, or in another one, and is no node. */
  readonly #passedOver = new Set<number>()
  readonly #entries: Entry[] = []
  /** Edges that stand alone: from, to and the index of the item that names them, one after the other. */
  readonly #single: number[] = []
  readonly #singlePointer: string
  readonly #maxEdges: number
  #edges = 0

  /** `singlePointer` is the array that holds the items given to `addEdge`. */
  constructor(maxEdges: number, singlePointer = '') {
    this.#maxEdges = maxEdges
    this.#singlePointer = singlePointer
  }

  get edges(): number {
    return this.#edges
  }

  addNode(node: GraphNode): number {
    return this.#nodes.push(node) - 1
  }

  /** Lets a reference stand for a node; false when it already stands for another one. */
  name(node: number, ref: string): boolean {
    const id = this.#idOf(ref)
    if (this.#nodeOfId.has(id)) return false
    this.#nodeOfId.set(id, node)
    return true
  }

  /** Adds what `from` depends on; `targets` are references at `pointer/dependsOn/0`, `/1`, … */
  addDependencies(from: string, targets: readonly string[], pointer: string): void {
    this.#count(targets.length, pointer)
    this.#entries.push({ from: this.#idOf(from), pointer, targets: targets.map((ref) => this.#idOf(ref)) })
  }

  /** Adds one edge, which the item at `index` of the array of such items names. */
  addEdge(from: string, to: string, index: number): void {
    this.#count(1, `${this.#singlePointer}/${index}`)
    this.#single.push(this.#idOf(from), this.#idOf(to), index)
  }

  /** Says of a reference that it is known and leads to no node. */
  passOver(ref: string): void {
    this.#passedOver.add(this.#idOf(ref))
  }

  /** The node that a reference stands for. */
  nodeOf(ref: string): number | undefined {
    const id = this.#ids.get(ref)
    return id === undefined ? undefined : this.#nodeOfId.get(id)
  }

  /**
   * Resolves references and returns, for every node, the node on whose behalf it is there: the
   * neighbour on a shortest path to a root, or undefined for a root. The first roots are `mains`; the
   * others are the nodes that nothing depends on, and one node of each cycle that no root reaches.
   */
  parents(mains: readonly number[], problems: ProblemCollector): readonly (number | undefined)[] {
    const dependencies = this.#resolve(problems)
    this.#resolveSingle(dependencies, problems)
    this.#reportCycles(dependencies, problems)
    return this.#breadthFirst(dependencies, mains)
  }

  /** Labels from the root to `node`; the middle of a path longer than `length` is left out. */
  path(node: number, parents: readonly (number | undefined)[], length: number): readonly string[] {
    const upwards: string[] = []
    let at: number | undefined = node
    while (at !== undefined && upwards.length < length) {
      upwards.push(this.#label(at))
      at = parents[at]
    }
    if (at !== undefined) upwards[upwards.length - 1] = '…'
    return upwards.reverse()
  }

  #count(more: number, pointer: string): void {
    this.#edges += more
    if (this.#edges <= this.#maxEdges) return
    throw new ExposureError('too-many', `at most ${this.#maxEdges} dependencies are read`, pointer)
  }

  #resolve(problems: ProblemCollector): Map<number, Set<number>> {
    const dependencies = new Map<number, Set<number>>()
    for (const { from, pointer, targets } of this.#entries) {
      const node = this.#nodeOfId.get(from)
      if (node === undefined) {
        this.#reportUnknown(from, `${pointer}/ref`, problems)
        continue
      }
      if (dependencies.has(node)) {
        problems.add('duplicate-dependency', `${pointer}/ref`, 'its dependencies stand there twice; both are used')
      }
      const resolved = dependencies.get(node) ?? new Set()
      dependencies.set(node, resolved)
      targets.forEach((id, index) => {
        const target = this.#nodeOfId.get(id)
        if (target === undefined) this.#reportUnknown(id, `${pointer}/dependsOn/${index}`, problems)
        else resolved.add(target)
      })
    }
    return dependencies
  }

  #resolveSingle(dependencies: Map<number, Set<number>>, problems: ProblemCollector): void {
    for (let at = 0; at < this.#single.length; at += 3) {
      const from = this.#single[at] ?? 0
      const to = this.#single[at + 1] ?? 0
      const index = this.#single[at + 2] ?? 0
      const pointer = `${this.#singlePointer}/${index}`
      const node = this.#nodeOfId.get(from)
      const target = this.#nodeOfId.get(to)
      if (node === undefined) this.#reportUnknown(from, pointer, problems)
      if (target === undefined) this.#reportUnknown(to, pointer, problems)
      if (node === undefined || target === undefined) continue
      const targets = dependencies.get(node)
      if (targets === undefined) dependencies.set(node, new Set([target]))
      else targets.add(target)
    }
  }

  #reportUnknown(id: number, pointer: string, problems: ProblemCollector): void {
    const ref = this.#names[id] ?? ''
    // A BOM-Link (CycloneDX) or an external reference (SPDX 2) points into another document on purpose.
    if (this.#passedOver.has(id) || ref.startsWith('urn:cdx:') || ref.startsWith('DocumentRef-')) return
    problems.add('unknown-ref', pointer, `${quoted(ref)} is no component, service or file of this document`)
  }

  /** Depth first with three colours; an edge to a node that is still open closes a cycle. */
  #reportCycles(dependencies: ReadonlyMap<number, Set<number>>, problems: ProblemCollector): void {
    const open = 1
    const done = 2
    const colour = new Uint8Array(this.#nodes.length)
    for (const start of dependencies.keys()) {
      if (colour[start] !== 0) continue
      const stack: { node: number; rest: Iterator<number> }[] = []
      const enter = (node: number): void => {
        colour[node] = open
        stack.push({ node, rest: (dependencies.get(node) ?? new Set<number>()).values() })
      }
      enter(start)
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const next = top.rest.next()
        if (next.done === true) {
          colour[top.node] = done
          stack.pop()
        } else if (colour[next.value] === open) {
          problems.add(
            'dependency-cycle',
            this.#nodes[top.node]?.pointer ?? '',
            `${this.#label(top.node)} depends on ${this.#label(next.value)}, which depends on it`,
          )
        } else if (colour[next.value] === 0) {
          enter(next.value)
        }
      }
    }
  }

  #breadthFirst(
    dependencies: ReadonlyMap<number, Set<number>>,
    mains: readonly number[],
  ): readonly (number | undefined)[] {
    const contained = new Map<number, number[]>()
    const isTarget = new Uint8Array(this.#nodes.length)
    this.#nodes.forEach(({ container }, node) => {
      if (container === undefined) return
      isTarget[node] = 1
      const siblings = contained.get(container)
      if (siblings === undefined) contained.set(container, [node])
      else siblings.push(node)
    })
    for (const targets of dependencies.values()) for (const target of targets) isTarget[target] = 1

    const parents = Array.from<number | undefined>({ length: this.#nodes.length })
    const seen = new Uint8Array(this.#nodes.length)
    const walkFrom = (root: number): void => {
      if (seen[root] === 1) return
      seen[root] = 1
      const queue = [root]
      for (const node of queue) {
        for (const targets of [dependencies.get(node), contained.get(node)]) {
          for (const target of targets ?? []) {
            if (seen[target] === 1) continue
            seen[target] = 1
            parents[target] = node
            queue.push(target)
          }
        }
      }
    }
    for (const main of mains) walkFrom(main)
    this.#nodes.forEach((_, node) => {
      if (isTarget[node] === 0) walkFrom(node)
    })
    this.#nodes.forEach((_, node) => walkFrom(node))
    return parents
  }

  #idOf(ref: string): number {
    const known = this.#ids.get(ref)
    if (known !== undefined) return known
    const id = this.#names.push(ref) - 1
    this.#ids.set(ref, id)
    return id
  }

  #label(node: number): string {
    return this.#nodes[node]?.label ?? ''
  }
}
