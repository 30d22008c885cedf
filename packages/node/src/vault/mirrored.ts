/**
 * Advisories, and answers to advisories, of logs that this node mirrors. Their order among each other, among those of the own log and among
 * inventories is nobody's but this node's, so it is recorded: what is taken stands in the journal, and whoever replays
 * it takes the same in the same order.
 *
 * An advisory whose document has not come yet waits for it, and is shown as one that cannot be read. What was verified
 * and folded before its log was quarantined stays; nothing comes after it.
 */
import type { Blobs } from '@comity/store'
import type { Database } from '../register/database.ts'
import { indexOf, rangeOf } from '../register/position.ts'
import { isWithheld } from '../register/withheld.ts'
import type { AdvisoriesTaken } from './event.ts'
import { type RegisteredAdvisory, type RegisteredWord, wordsBetween } from './register-word.ts'

/** Advisories and answers taken with one record, and waiting ones that are looked at for one. */
const takenAtOnce = 32
const waitingLooked = 256

/** A mirrored log, and how far its advisories were looked at. */
interface FollowedLog {
  readonly log: number
  readonly origin: string
  /** Entries of it that are in the register. */
  readonly size: number
  readonly cursor: number
}

export interface MirroredParts {
  /** Of the vault. */
  readonly view: Database
  /** The register's committed rows. */
  readonly register: Database
  readonly blobs: Blobs
}

/** The advisories of mirrored logs, as far as they are taken. */
export class MirroredAdvisories {
  readonly #view: Database
  readonly #register: Database
  readonly #blobs: Blobs
  /** Waiting ones up to this position were looked at: where many wait, not all are at once. */
  #looked = 0
  /** By log, entries among which there were no more words than those before the second position. */
  readonly #lookedTo = new Map<number, { readonly size: number; readonly upTo: number }>()

  constructor({ view, register, blobs }: MirroredParts) {
    this.#view = view
    this.#register = register
    this.#blobs = blobs
  }

  /** What is to be taken next, to be recorded; undefined when there is nothing. `at`: now. */
  next(at: number): AdvisoriesTaken | undefined {
    return this.#nextNew(at) ?? this.#nextArrived(at)
  }

  /** The advisories that a record takes, in its order. What the register lacks by now is left out. */
  *taken({ origin, taken }: AdvisoriesTaken): Generator<RegisteredWord> {
    const log = this.#log(origin)
    if (log === undefined) return
    const { from } = rangeOf(log.log)
    for (const index of taken) {
      const [word] = wordsBetween(this.#register, from + index, from + index + 1, 1)
      if (word !== undefined) yield word
    }
  }

  /** Notes what a record says beside what it takes. */
  note({ origin, upTo, taken, waiting }: AdvisoriesTaken): void {
    const log = this.#log(origin)
    if (log === undefined) return
    const { from } = rangeOf(log.log)
    for (const index of taken) this.#view.prepare('DELETE FROM waiting WHERE effective = ?').run(from + index)
    for (const index of waiting) {
      const [advisory] = wordsBetween(this.#register, from + index, from + index + 1, 1)
      if (advisory === undefined) continue
      const { effective, sub, statement } = advisory
      this.#view
        .prepare('INSERT INTO waiting (effective, sub, statement) VALUES (?, ?, ?) ON CONFLICT DO NOTHING')
        .run(effective, sub, statement)
    }
    this.#view
      .prepare(
        'INSERT INTO followed (origin, log, cursor) VALUES (?, ?, ?) ON CONFLICT (origin) DO UPDATE SET cursor = excluded.cursor',
      )
      .run(origin, log.log, Math.max(log.cursor, Math.min(upTo, log.size)))
  }

  /** Those that nobody has looked at. */
  #nextNew(at: number): AdvisoriesTaken | undefined {
    for (const { log, origin, size, cursor } of this.#logs()) {
      const { from } = rangeOf(log)
      const looked = this.#lookedTo.get(log)
      // Whether it was recorded what was found then, the cursor says.
      if (looked !== undefined && looked.size === size && cursor >= looked.upTo) continue
      const found = wordsBetween(this.#register, from + cursor, from + size, takenAtOnce)
      const last = found.at(-1)
      if (found.length < takenAtOnce) {
        this.#lookedTo.set(log, { size, upTo: last === undefined ? cursor : indexOf(last.effective) + 1 })
      }
      if (last === undefined) continue
      const { taken = [], waiting = [] } = Object.groupBy(found, (each) => (this.#isDue(each) ? 'taken' : 'waiting'))
      const upTo = indexOf(last.effective) + 1
      return { type: 'advisories', origin, upTo, ...this.#indexes(taken), waiting: waiting.map(indexAt), at }
    }
    return undefined
  }

  /** Those whose document has come since. */
  #nextArrived(at: number): AdvisoriesTaken | undefined {
    const rows = this.#view
      .prepare('SELECT effective FROM waiting WHERE effective > ? ORDER BY effective LIMIT ?')
      .all(this.#looked, waitingLooked)
    const arrived = rows.flatMap((row) => {
      const effective = Number(row['effective'])
      const [word] = wordsBetween(this.#register, effective, effective + 1, 1)
      return word !== undefined && this.#isDue(word) ? [word] : []
    })
    for (const { log, origin, cursor } of this.#logs()) {
      const { from, to } = rangeOf(log)
      const own = arrived.filter(({ effective }) => effective >= from && effective < to).slice(0, takenAtOnce)
      if (own.length === 0) continue
      return { type: 'advisories', origin, upTo: cursor, ...this.#indexes(own), waiting: [], at }
    }
    this.#looked = rows.length < waitingLooked ? 0 : Number(rows.at(-1)?.['effective'])
    return undefined
  }

  #indexes(taken: readonly RegisteredWord[]): Pick<AdvisoriesTaken, 'taken' | 'without'> {
    const without = taken.filter((each) => each.what === 'advisory' && !this.#hasDocument(each))
    return { taken: taken.map(indexAt), without: without.map(indexAt) }
  }

  /** Its document is here, or is withheld and will not come; an answer has none. */
  #isDue(word: RegisteredWord): boolean {
    return word.what === 'answer' || this.#hasDocument(word) || isWithheld(this.#register, word.payload.document)
  }

  #hasDocument({ payload: { document } }: RegisteredAdvisory): boolean {
    return this.#blobs.size(document.slice('sha256:'.length)) !== undefined
  }

  #log(origin: string): FollowedLog | undefined {
    return this.#logs().find((each) => each.origin === origin)
  }

  #logs(): readonly FollowedLog[] {
    const cursor = this.#view.prepare('SELECT cursor FROM followed WHERE origin = ?')
    return this.#register
      .prepare('SELECT log, origin, size FROM log WHERE log > 0 ORDER BY log')
      .all()
      .map((row) => {
        const origin = String(row['origin'])
        const { log, size } = { log: Number(row['log']), size: Number(row['size']) }
        return { log, origin, size, cursor: Number(cursor.get(origin)?.['cursor'] ?? 0) }
      })
  }
}

function indexAt({ effective }: RegisteredWord): number {
  return indexOf(effective)
}

/** Whether the register has all that was taken, under the numbers that it had then. */
export function hasMirrored(view: Database, register: Database): boolean {
  const known = register.prepare('SELECT log, size FROM log WHERE origin = ?')
  return view
    .prepare('SELECT origin, log, cursor FROM followed')
    .all()
    .every((row) => {
      const now = known.get(String(row['origin']))
      return now !== undefined && now['log'] === row['log'] && Number(now['size']) >= Number(row['cursor'])
    })
}
