import type { Blobs, View } from '@comity/store'
import { indexOf } from '../register/position.ts'
import type { AdvisoriesTaken, DocumentsFollowed } from './event.ts'
import { type DocumentPlace, foldAdvisory, foldAnswer, foldFollowed, foldRemoved } from './fold-documents.ts'
import type { MirroredAdvisories } from './mirrored.ts'
import type { Pace } from './pace.ts'
import type { PartitionBook } from './partition.ts'
import type { RegisteredWord } from './register-word.ts'

export interface WordsParts {
  readonly view: View
  readonly blobs: Blobs
  readonly partitions: PartitionBook
  readonly mirrored: MirroredAdvisories
  readonly pace: Pace
}

/** Counts what is reduced. */
export interface Ticking {
  tick: number
}

/** Everything that is said about vulnerabilities, each word at a tick of its own. */
export class WordsFold {
  readonly #parts: WordsParts

  constructor(parts: WordsParts) {
    this.#parts = parts
  }

  /** An advisory or an answer; `isWithout`: its document is not to be had. */
  async take(word: RegisteredWord, ticking: Ticking, { isWithout = false } = {}): Promise<void> {
    const { blobs, pace } = this.#parts
    const place = this.#next(ticking)
    if (word.what === 'answer') await foldAnswer(word, place)
    else await foldAdvisory(word, isWithout ? undefined : blobs, place)
    if (pace.spend(10)) await pace.rest()
  }

  /** What a record takes of a mirrored log. */
  async takeMirrored(event: AdvisoriesTaken, ticking: Ticking): Promise<void> {
    const { mirrored } = this.#parts
    const without = new Set(event.without)
    for (const word of mirrored.taken(event)) {
      await this.take(word, ticking, { isWithout: without.has(indexOf(word.effective)) })
    }
    mirrored.note(event)
  }

  /** What has changed at a source. */
  async takeFollowed({ origin, put, removed, at }: DocumentsFollowed, ticking: Ticking): Promise<void> {
    const { blobs, pace } = this.#parts
    for (const { name, digest } of put) {
      await foldFollowed({ origin, name, digest, at }, blobs, this.#next(ticking))
      if (pace.spend(10)) await pace.rest()
    }
    for (const name of removed) await foldRemoved({ origin, name, at }, this.#next(ticking))
  }

  #next(ticking: Ticking): DocumentPlace {
    ticking.tick += 1
    const { view, partitions, pace } = this.#parts
    return { database: view, partitions, pace, tick: ticking.tick }
  }
}
