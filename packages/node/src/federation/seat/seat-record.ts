import type { Cells } from '@comity/store'
import { indexOf } from '../../register/position.ts'
import type { Filing } from './filings.ts'

/**
 * How far a followed log was looked at. Without it everything is looked at again: what was taken stands in the own log,
 * so that nothing is taken twice; it only keeps what was refused from being tried once more.
 */
export interface Progress {
  /** Index from which on nothing was looked at that took effect there. */
  readonly upTo: number
  /** Indexes before that where moves took effect which have to wait, such as for a document. */
  readonly waiting: readonly number[]
}

/** Moves that wait for something, such as a document, beside which the log is read on; more hold it up. */
const waitingMost = 256

/**
 * How far a log was looked at: to `seenTo`, but not behind a move that was left for later, nor the first of those that
 * wait which is one too many.
 */
export function progressAfter(waiting: readonly Filing[], left: Filing | undefined, seenTo: number): Progress {
  const indexes = waiting.map(({ effective }) => indexOf(effective)).toSorted((one, other) => one - other)
  const excess = indexes.slice(waitingMost, waitingMost + 1)
  const beyond = left === undefined ? [] : [indexOf(left.effective)]
  const upTo = Math.min(seenTo, ...excess, ...beyond)
  return { upTo, waiting: indexes.slice(0, waitingMost).filter((index) => index < upTo) }
}

/** A move that the seat does not take, and its keeper's signed word on it. */
export interface SeatRefusal {
  /** Id of the statement. */
  readonly id: string
  /** The case. */
  readonly urn: string
  readonly name: string
  readonly by: string
  /** The log in which it was filed, where there, and when. */
  readonly origin: string
  readonly index: number
  readonly at: number
  readonly code: string
  readonly detail: string
  readonly refusedAt: number
  /** COSE_Sign1 of kind `refusal`, unpadded base64url. */
  readonly refusal: string
}

/** Refusals that are kept: 1 to 2 KB each, the oldest given up first. */
export const refusalsKept = 1024

const progressCell = 'seat'
const refusalCell = 'seat-refusal-'

interface Numbered extends SeatRefusal {
  readonly number: number
}

/**
 * What a seat has to remember beside its log, in cells: how far it has looked, and what it refused. Each refusal has a
 * cell of its own, in a ring, so that one more costs a write of its own size.
 */
export class SeatRecord {
  readonly #cells: Cells
  readonly #progress: Map<string, Progress>
  readonly #byNumber = new Map<number, Numbered>()
  readonly #byId = new Map<string, Numbered>()
  #next = 0

  constructor(cells: Cells) {
    this.#cells = cells
    const progress: Record<string, Progress> = readCell(cells, progressCell) ?? {}
    this.#progress = new Map(Object.entries(progress))
    const names = cells.names().filter((name) => name.startsWith(refusalCell))
    const refusals = names.flatMap((name) => readCell<Numbered>(cells, name) ?? [])
    for (const refusal of refusals.toSorted((one, other) => one.number - other.number)) this.#keep(refusal)
  }

  /** How many were refused, those that were given up since among them. */
  get refused(): number {
    return this.#next
  }

  progressOf(origin: string): Progress {
    return this.#progress.get(origin) ?? { upTo: 0, waiting: [] }
  }

  isRefused(id: string): boolean {
    return this.#byId.has(id)
  }

  /** What was refused for a case, the latest first. */
  refusalsOf(urn: string): readonly SeatRefusal[] {
    return [...this.#byNumber.values()].filter((refusal) => refusal.urn === urn).toReversed()
  }

  /** Remembers a refusal. It is durable when this resolves. */
  async refuse(refusal: SeatRefusal): Promise<void> {
    const numbered = { ...refusal, number: this.#next }
    this.#keep(numbered)
    await this.#set(`${refusalCell}${numbered.number % refusalsKept}`, numbered)
  }

  /** Remembers how far a log was looked at, after what was refused on the way. Durable where something was decided. */
  async advance(origin: string, progress: Progress, isDurable: boolean): Promise<void> {
    this.#progress.set(origin, progress)
    if (isDurable) await this.#set(progressCell, Object.fromEntries(this.#progress))
  }

  #keep(refusal: Numbered): void {
    const given = this.#byNumber.get(refusal.number - refusalsKept)
    if (given !== undefined) {
      this.#byNumber.delete(given.number)
      if (this.#byId.get(given.id) === given) this.#byId.delete(given.id)
    }
    this.#byNumber.set(refusal.number, refusal)
    this.#byId.set(refusal.id, refusal)
    this.#next = refusal.number + 1
  }

  async #set(name: string, value: unknown): Promise<void> {
    // Nobody else writes these cells, and two writes of one are never under way at once.
    const version = this.#cells.get(name)?.version ?? 0
    const isSet = await this.#cells.compareAndSet(name, version, Buffer.from(JSON.stringify(value)))
    if (!isSet) throw new Error(`the cell ${name} was written by somebody else`)
  }
}

/** A cell as this room wrote it. */
function readCell<T>(cells: Cells, name: string): T | undefined {
  const cell = cells.get(name)
  return cell === undefined ? undefined : JSON.parse(Buffer.from(cell.value).toString())
}
