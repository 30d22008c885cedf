import type { FileSystem } from './file-system.ts'
import { checkName, layout } from './folder.ts'
import { Journal } from './journal.ts'
import { asStoreError, StoreError } from './store-error.ts'
import type { Cell, Cells } from './truth.ts'

/** A cell holds at most this. */
export const maxCellBytes = 1 << 20

/** The journal is written anew when it is this large and mostly outdated. */
const compactBytes = 4 << 20
const compactRatio = 4

interface WaitingSet {
  readonly name: string
  readonly expectedVersion: number
  readonly value: Uint8Array
  readonly resolve: (done: boolean) => void
  readonly reject: (error: StoreError) => void
}

/** Cells in memory over a journal. Sets that wait while one fdatasync runs share the next. */
export class FileCells implements Cells {
  readonly #journal: Journal
  readonly #cells: Map<string, Cell>
  /** Bytes of all cells as records: counted along, because looking costs a copy of each. */
  #liveBytes: number
  #waiting: WaitingSet[] = []
  #pumping: Promise<void> | undefined
  #closed = false

  private constructor(journal: Journal, cells: Map<string, Cell>) {
    this.#journal = journal
    this.#cells = cells
    this.#liveBytes = 0
    for (const [name, cell] of cells) this.#liveBytes += recordBytes(name, cell)
  }

  static async open(fileSystem: FileSystem, directory: string): Promise<FileCells> {
    const { journal, records } = await Journal.open(fileSystem, directory, layout.cells)
    try {
      const cells = new Map<string, Cell>()
      for (const record of records) {
        const { name, cell } = decodeCell(record)
        cells.set(name, cell)
      }
      const opened = new FileCells(journal, cells)
      if (records.length > compactRatio * (cells.size + 1)) await journal.rewrite(opened.snapshot())
      return opened
    } catch (error) {
      journal.close()
      throw error
    }
  }

  get(name: string): Cell | undefined {
    if (this.#closed) throw closed()
    const cell = this.#cells.get(name)
    return cell && { version: cell.version, value: cell.value.slice() }
  }

  names(): readonly string[] {
    if (this.#closed) throw closed()
    return [...this.#cells.keys()].toSorted()
  }

  compareAndSet(name: string, expectedVersion: number, value: Uint8Array): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed())
      checkName('cell', name)
      if (value.length > maxCellBytes) {
        return reject(
          new StoreError('too-large', `a cell of ${value.length} bytes is over the limit of ${maxCellBytes}`),
        )
      }
      this.#waiting.push({ name, expectedVersion, value: new Uint8Array(value), resolve, reject })
      this.#pumping ??= this.#pump()
    })
  }

  /** All cells as the records of a journal. */
  snapshot(): Uint8Array[] {
    return [...this.#cells].map(([name, cell]) => encodeCell(name, cell))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const set of this.#waiting.splice(0)) set.reject(closed())
    await this.#pumping
    this.#journal.close()
  }

  async #pump(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0)
      try {
        const results = await this.#commit(group)
        group.forEach((set, index) => set.resolve(results[index] === true))
      } catch (error) {
        const failure = asStoreError(error, 'setting cells')
        for (const set of group) set.reject(failure)
      }
    }
    this.#pumping = undefined
  }

  /** Decides each set in order, over those before it, and makes all that passed durable at once. */
  async #commit(group: readonly WaitingSet[]): Promise<boolean[]> {
    const changed = new Map<string, Cell>()
    const results = group.map(({ name, expectedVersion, value }) => {
      const version = (changed.get(name) ?? this.#cells.get(name))?.version ?? 0
      if (version !== expectedVersion) return false
      changed.set(name, { version: version + 1, value })
      return true
    })
    if (changed.size === 0) return results
    await this.#journal.append([...changed].map(([name, cell]) => encodeCell(name, cell)))
    for (const [name, cell] of changed) this.#set(name, cell)
    await this.#compact()
    return results
  }

  #set(name: string, cell: Cell): void {
    const before = this.#cells.get(name)
    this.#liveBytes += recordBytes(name, cell) - (before === undefined ? 0 : recordBytes(name, before))
    this.#cells.set(name, cell)
  }

  async #compact(): Promise<void> {
    if (this.#journal.bytes < Math.max(compactBytes, compactRatio * this.#liveBytes)) return
    try {
      await this.#journal.rewrite(this.snapshot())
    } catch {
      // The sets are durable in the old journal. If that is still in use, the next set tries again;
      // if not, the journal is poisoned and the next set says so.
    }
  }
}

function closed(): StoreError {
  return new StoreError('closed', 'the cells are closed')
}

function recordBytes(name: string, cell: Cell): number {
  return 7 + Buffer.byteLength(name) + cell.value.length
}

/** u8 length of the name, name, u48 version, value. */
function encodeCell(name: string, cell: Cell): Uint8Array {
  const nameBytes = Buffer.from(name)
  const record = Buffer.allocUnsafe(7 + nameBytes.length + cell.value.length)
  record.writeUInt8(nameBytes.length, 0)
  nameBytes.copy(record, 1)
  record.writeUIntLE(cell.version, 1 + nameBytes.length, 6)
  record.set(cell.value, 7 + nameBytes.length)
  return record
}

export function decodeCell(record: Uint8Array): { name: string; cell: Cell } {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.length)
  const nameEnd = 1 + bytes.readUInt8(0)
  const name = bytes.toString('utf8', 1, nameEnd)
  return { name, cell: { version: bytes.readUIntLE(nameEnd, 6), value: record.slice(nameEnd + 6) } }
}
