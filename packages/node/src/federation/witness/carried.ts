import { type CosignedHead, type CosignedHeads, noteOf } from './cosigned-heads.ts'

/** Seconds between two time leaves that carry cosignatures, unless the log is idle: an ML-DSA-44 line has 3 kB. */
const carriedEvery = 60

/** Characters of one note in a time leaf, and notes: as its schema has it. */
const noteCharacters = 8192
const notesCarried = 8

/** Bytes of all notes of one leaf, so that it stays below 65,535 as a whole, with escapes. */
const carriedBytes = 52_000

/**
 * Which cosigned checkpoints the next time leaf carries: the newest of each witness, at most once a minute, and always
 * in the leaf of an idle hour.
 */
export class CarriedCosignatures {
  readonly #cosigned: CosignedHeads
  #carriedAt = 0
  #carried = ''

  constructor(cosigned: CosignedHeads) {
    this.#cosigned = cosigned
  }

  /** `at`: the time of the leaf. `isHeartbeat`: it closes an hour in which nothing was registered. */
  forLeaf(at: number, isHeartbeat: boolean): readonly string[] {
    const { heads } = this.#cosigned
    if (heads.length === 0 || (!isHeartbeat && at - this.#carriedAt < carriedEvery)) return []
    const notes = notesOf(heads)
    const all = notes.join('')
    // What the log has already says nothing new; after an hour it shows that there is nothing newer.
    if (!isHeartbeat && all === this.#carried) return []
    this.#carried = all
    this.#carriedAt = at
    return notes
  }
}

/** The heads as notes that fit into a time leaf. One head with many lines becomes several notes of the same text. */
function notesOf(heads: readonly CosignedHead[]): string[] {
  const notes: string[] = []
  let bytes = 0
  for (const head of heads) {
    for (let left = head.lines; left.length > 0;) {
      const count = linesThatFit(head, left)
      const note = noteOf({ ...head, lines: left.slice(0, count) })
      bytes += Buffer.byteLength(note)
      if (count === 0 || notes.length === notesCarried || bytes > carriedBytes) return notes
      notes.push(note)
      left = left.slice(count)
    }
  }
  return notes
}

function linesThatFit(head: CosignedHead, lines: CosignedHead['lines']): number {
  for (let count = lines.length; count > 0; count--) {
    if (noteOf({ ...head, lines: lines.slice(0, count) }).length <= noteCharacters) return count
  }
  return 0
}
