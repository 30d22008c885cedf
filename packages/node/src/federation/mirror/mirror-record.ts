import type { EquivocationProof } from '@comity/log'
import type { Cells } from '@comity/store'
import { FederationError } from '../federation-error.ts'

/** What the cell of a mirrored log holds, as JSON: everything about it that its entries do not say. */
export interface MirrorRecord {
  /** The party that keeps the log, pinned when it was followed first. */
  readonly keeper: string
  readonly state: 'following' | 'quarantined'
  /**
   * The newest head that was authenticated and is consistent with all that is held: a signed note. It is durable before
   * the entries that it covers, so nothing stands here without the log's own word for it.
   */
  readonly head?: string
  /** The head before it, shown to others until the entries of the new one are all here. */
  readonly before?: string
  /** Indexes of entries whose signature does not hold, so that nobody has to verify the others again. */
  readonly forged: readonly number[]
  /** From this index on the signatures have to be verified again: there were more wrong ones than are listed. */
  readonly recheckFrom?: number
  /** Heads that others have seen and that are ahead of what is held, to be compared when it is reached. */
  readonly seen: readonly string[]
  /** How far its documents are fetched. */
  readonly documents?: DocumentProgress
  /** Why it is quarantined, for everybody to check. */
  readonly evidence?: EquivocationProof
}

/** Documents that are cited below an index are here, or given up, but for those that are tried again. */
export interface DocumentProgress {
  readonly below: number
  readonly again: readonly MissedDocument[]
}

export interface MissedDocument {
  /** `sha256:<hex>` */
  readonly digest: string
  readonly size: number
  readonly attempts: number
  /** Whole seconds since the epoch. */
  readonly notBefore: number
}

/** Wrong signatures listed one by one. */
const forgedListed = 1024

/** One cell, read once and written under compare-and-set. */
export class MirrorCell {
  readonly #cells: Cells
  readonly #name: string
  #version: number
  #record: MirrorRecord
  /** One change at a time: heads and documents come each at their own pace. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(cells: Cells, name: string, version: number, record: MirrorRecord) {
    this.#cells = cells
    this.#name = name
    this.#version = version
    this.#record = record
  }

  /** `keeper` counts where there is no cell yet. */
  static open(cells: Cells, name: string, keeper: string): MirrorCell {
    const cell = cells.get(name)
    if (cell === undefined) return new MirrorCell(cells, name, 0, { keeper, state: 'following', forged: [], seen: [] })
    const record: MirrorRecord = JSON.parse(Buffer.from(cell.value).toString())
    return new MirrorCell(cells, name, cell.version, record)
  }

  get record(): MirrorRecord {
    return this.#record
  }

  /** Durable when it resolves. Throws FederationError `mirror-not-written`. */
  change(changes: Partial<MirrorRecord>): Promise<void> {
    const done = this.#turn.then(() => this.#set(changes))
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #set(changes: Partial<MirrorRecord>): Promise<void> {
    const record = { ...this.#record, ...changes }
    const isSet = await this.#cells.compareAndSet(this.#name, this.#version, Buffer.from(JSON.stringify(record)))
    if (!isSet) {
      throw new FederationError(
        'mirror-not-written',
        `the cell ${this.#name} was changed by somebody else: one node at a time follows a log into a folder`,
      )
    }
    this.#version += 1
    this.#record = record
  }
}

/** The change that notes entries whose signature does not hold; empty where there are none. */
export function withForged(record: MirrorRecord, indexes: readonly number[]): Partial<MirrorRecord> {
  const added = indexes.filter((index) => !isForged(record, index) && index < (record.recheckFrom ?? Infinity))
  if (added.length === 0) return {}
  const all = [...record.forged, ...added].toSorted((one, other) => one - other)
  const [beyond] = all.slice(forgedListed)
  return { forged: all.slice(0, forgedListed), ...(beyond === undefined ? {} : { recheckFrom: beyond }) }
}

function isForged({ forged }: MirrorRecord, index: number): boolean {
  return forged.includes(index)
}
