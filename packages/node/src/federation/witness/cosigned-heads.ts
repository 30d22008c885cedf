import {
  type NoteSignature,
  cosignatureTime,
  formatNote,
  formatSignatureLine,
  parseCheckpoint,
  parseNote,
} from '@comity/log'
import type { Cells } from '@comity/store'

/** A cosignature of one witness with one of its keys. It was verified before it came here. */
export interface CosignedLine {
  readonly signature: NoteSignature
  /** When it was made, whole seconds since the epoch. */
  readonly at: number
}

/** A checkpoint of this node's log that witnesses cosigned. */
export interface CosignedHead {
  readonly size: number
  /** The text that was signed, with its final newline. */
  readonly text: string
  /** The log's own signatures. */
  readonly own: readonly NoteSignature[]
  /** In the order of names and keys: whoever was the fastest, the same lines make the same note. */
  readonly lines: readonly CosignedLine[]
}

/** The cell that holds the newest cosigned checkpoints, as a JSON list of signed notes. */
const cosignedCell = 'cosigned'

/** Checkpoints kept at most. Usually there is one, that all witnesses cosigned. */
const headsKept = 16

/** Characters of all of them together, at most; a cell holds 1 MiB. */
const keptBytes = 400_000

/**
 * The newest checkpoint of this log that each witness cosigned. Witnesses are asked about the same checkpoint as far as
 * they answer at all, so these are one, or a few where one of them is behind.
 */
export class CosignedHeads {
  readonly #cells: Cells
  readonly #origin: string
  /** The largest first. */
  #heads: readonly CosignedHead[]
  #version: number
  #kept: string
  #writing: Promise<void> | undefined

  constructor(cells: Cells, origin: string) {
    const cell = cells.get(cosignedCell)
    this.#cells = cells
    this.#origin = origin
    this.#version = cell?.version ?? 0
    this.#kept = cell === undefined ? '[]' : Buffer.from(cell.value).toString()
    // Written here alone, from notes that were verified.
    const notes = JSON.parse(this.#kept) as readonly string[]
    this.#heads = notes.map((note) => this.#read(note))
  }

  /** Those that are kept, the largest first. */
  get heads(): readonly CosignedHead[] {
    return this.#heads
  }

  /** The cosignatures of exactly this checkpoint text, as signature lines; empty where there are none. */
  linesOf(text: string): string {
    const head = this.#heads.find((each) => each.text === text)
    return (head?.lines ?? []).map(({ signature }) => formatSignatureLine(signature)).join('')
  }

  /**
   * Adds cosignatures that were verified of a signed checkpoint of this log. A checkpoint is kept while some witness
   * cosigned no larger one; `isAsked` says whose lines are of interest at all.
   */
  add(note: string, lines: readonly NoteSignature[], isAsked: (line: NoteSignature) => boolean): void {
    const added = this.#read(note, lines)
    const same = this.#heads.find(({ text }) => text === added.text)
    const merged = { ...added, lines: mergedLines(same?.lines ?? [], added.lines) }
    const all = [...this.#heads.filter((each) => each !== same), merged].toSorted((a, b) => b.size - a.size)
    const seen = new Set<string>()
    this.#heads = all
      .map((head) => ({ ...head, lines: head.lines.filter(({ signature }) => isAsked(signature)) }))
      .filter(({ lines: own }) => {
        const isNews = own.some(({ signature }) => !seen.has(keyOf(signature)))
        for (const { signature } of own) seen.add(keyOf(signature))
        return isNews
      })
      .slice(0, headsKept)
  }

  /** Makes what is kept durable. Where the disk refuses, the next call tries again: it can all be asked for anew. */
  async persist(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
    const value = this.#encoded()
    if (value === this.#kept) return
    this.#writing = this.#write(value).finally(() => {
      this.#writing = undefined
    })
    await this.#writing
  }

  #encoded(): string {
    let notes = this.#heads.map(noteOf)
    // Two dozen witnesses that all lag differently, each with a line of 3 KiB, are no reason to fail.
    while (notes.length > 1 && notes.reduce((sum, note) => sum + note.length, 0) > keptBytes) notes = notes.slice(0, -1)
    return JSON.stringify(notes)
  }

  async #write(value: string): Promise<void> {
    const isSet = await this.#cells.compareAndSet(cosignedCell, this.#version, Buffer.from(value))
    // Nobody else writes it; if somebody does, theirs is replaced at the next call.
    this.#version = this.#cells.get(cosignedCell)?.version ?? 0
    if (isSet) this.#kept = value
  }

  #read(note: string, lines?: readonly NoteSignature[]): CosignedHead {
    const { text, signatures } = parseNote(note)
    const { size } = parseCheckpoint(text)
    const isOwn = ({ name, signature }: NoteSignature): boolean => name === this.#origin && signature.length === 64
    const cosigned = lines ?? signatures.filter((each) => !isOwn(each))
    return {
      size,
      text,
      own: signatures.filter(isOwn),
      lines: cosigned.map((signature) => ({ signature, at: cosignatureTime(signature) })),
    }
  }
}

/** A cosigned checkpoint as a signed note, with the given lines or all of them. */
export function noteOf({ text, own, lines }: CosignedHead): string {
  return formatNote({ text, signatures: [...own, ...lines.map(({ signature }) => signature)] })
}

/** Which key of which witness made a line. */
export function keyOf({ name, keyId }: Pick<NoteSignature, 'name' | 'keyId'>): string {
  return `${name} ${keyIdText(keyId)}`
}

/** A key ID as verifier keys write it: eight hex digits. */
export function keyIdText(keyId: number): string {
  return keyId.toString(16).padStart(8, '0')
}

/** One line of each key: the latest. */
function mergedLines(before: readonly CosignedLine[], after: readonly CosignedLine[]): readonly CosignedLine[] {
  const lines = new Map(before.map((line) => [keyOf(line.signature), line]))
  for (const line of after) {
    const known = lines.get(keyOf(line.signature))
    if (known === undefined || known.at <= line.at) lines.set(keyOf(line.signature), line)
  }
  return [...lines].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
}
