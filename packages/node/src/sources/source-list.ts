import type { Cells } from '@comity/store'
import { NodeError } from '../node-error.ts'
import type { Source } from './source.ts'

/** The cell of the sources: a JSON list of {@link Source}, in the order in which they were added. */
const cell = 'sources'

const sourcesAtMost = 256

/** The durable list of sources. */
export class SourceList {
  readonly #cells: Cells

  constructor(cells: Cells) {
    this.#cells = cells
  }

  get sources(): readonly Source[] {
    const kept = this.#cells.get(cell)
    // Safe: nobody else writes this cell.
    return kept === undefined ? [] : (JSON.parse(Buffer.from(kept.value).toString()) as readonly Source[])
  }

  find(name: string): Source | undefined {
    return this.sources.find((each) => each.name === name)
  }

  /** Adds a source, or changes the one of its name. Throws `bad-source` where that has another address. */
  async put(source: Source): Promise<'added' | 'changed' | 'unchanged'> {
    const before = this.find(source.name)
    if (JSON.stringify(before) === JSON.stringify(source)) return 'unchanged'
    if (before !== undefined && (before.address !== source.address || before.kind !== source.kind)) {
      const message = `${source.name} is ${before.address} already: give another name with --name`
      throw new NodeError('bad-source', message)
    }
    await this.#change((sources) =>
      before === undefined ? [...sources, source] : sources.map((each) => (each.name === source.name ? source : each)),
    )
    return before === undefined ? 'added' : 'changed'
  }

  /** Throws `unknown-source`. */
  async remove(name: string): Promise<Source> {
    const source = this.find(name)
    if (source === undefined) throw unknownSource(name)
    await this.#change((sources) => sources.filter((each) => each.name !== name))
    return source
  }

  async #change(next: (sources: readonly Source[]) => readonly Source[]): Promise<void> {
    for (;;) {
      const version = this.#cells.get(cell)?.version ?? 0
      const sources = next(this.sources)
      if (sources.length > sourcesAtMost)
        throw new NodeError('bad-source', `a node follows at most ${sourcesAtMost} sources: remove one first`)
      if (await this.#cells.compareAndSet(cell, version, Buffer.from(JSON.stringify(sources)))) return
    }
  }
}

export function unknownSource(name: string): NodeError {
  return new NodeError('unknown-source', `no source is called ${JSON.stringify(name.slice(0, 60))}`)
}
