import { comparePriority, type Priority, type StandingState, standingStates } from '@comity/exposure'
import type { View } from '@comity/store'
import { shownOf } from './held-component.ts'
import { hexOf, keptOf } from './match-table.ts'
import { Pace } from './pace.ts'
import type { Partition } from './partition.ts'

/** A match in the order of its weight. */
export interface Ranked {
  /** Hex. */
  readonly match: string
  readonly inventory: number
  readonly state: StandingState
  readonly priority: Priority | undefined
  readonly label: string
}

/** All matches of a party, what is to be looked at first at the head. */
export class PriorityList {
  readonly #entries: readonly Ranked[]

  constructor(entries: readonly Ranked[]) {
    this.#entries = entries.toSorted(compare)
  }

  get length(): number {
    return this.#entries.length
  }

  at(place: number): Ranked | undefined {
    return place < 0 ? undefined : this.#entries[place]
  }

  /** Where to go on after a match; at `otherwise` where it is there no more. */
  placeAfter(match: string, otherwise: number): number {
    // It has hardly moved.
    const near = this.#entries[otherwise - 1]?.match === match ? otherwise - 1 : -1
    const place = near >= 0 ? near : this.#entries.findIndex((each) => each.match === match)
    return place < 0 ? otherwise : place + 1
  }
}

/** Lists that are kept, of the parties that asked last, and entries of one that are kept at all: ten megabytes. */
const listsKept = 4
const entriesKept = 20_000

/** Rows that are read in one turn: two to four milliseconds. */
const rowsAtOnce = 200

/** Makes the lists. What they are ordered by is sealed, so that all of a party's matches are read for one. */
export class PriorityLists {
  readonly #view: View
  readonly #kept = new Map<number, { readonly tick: number; readonly list: PriorityList }>()

  constructor(view: View) {
    this.#view = view
  }

  /** As the matches stand now; read in slices, so that others have their turns. */
  async of(partition: Partition): Promise<PriorityList> {
    const tick = this.#tick()
    const known = this.#kept.get(partition.number)
    if (known?.tick === tick) return known.list
    this.#kept.delete(partition.number)
    const list = new PriorityList(await this.#read(partition))
    if (list.length <= entriesKept && this.#tick() === tick) {
      if (this.#kept.size >= listsKept) this.#kept.clear()
      this.#kept.set(partition.number, { tick, list })
    }
    return list
  }

  async #read(partition: Partition): Promise<readonly Ranked[]> {
    const entries: Ranked[] = []
    const pace = new Pace(0)
    let last: Uint8Array = Buffer.alloc(0)
    for (;;) {
      const rows = this.#view
        .prepare(
          'SELECT match, inventory, changed, sealed FROM match WHERE partition = ? AND match > ? ORDER BY match LIMIT ?',
        )
        .all(partition.number, last, rowsAtOnce)
      for (const row of rows) {
        const { match, inventory, record } = keptOf(partition, row)
        last = match
        const { name, version = '' } = shownOf(record.component)
        const { state } = record.standing
        entries.push({
          match: hexOf(match),
          inventory,
          state,
          priority: withoutWords(record.priority),
          label: `${name} ${version}`,
        })
      }
      if (rows.length < rowsAtOnce) return entries
      await pace.rest()
    }
  }

  #tick(): number {
    return Number(this.#view.prepare('SELECT tick FROM progress').get()?.['tick'])
  }
}

function compare(a: Ranked, b: Ranked): number {
  return (
    standingStates.indexOf(a.state) - standingStates.indexOf(b.state) ||
    comparePriority(a.priority ?? none, b.priority ?? none) ||
    compareTexts(a.label, b.label) ||
    compareTexts(a.match, b.match)
  )
}

const none: Priority = { id: '', facts: [] }

/** The order does not depend on them, and they are most of what a priority takes. */
function withoutWords(priority: Priority | undefined): Priority | undefined {
  return priority && { id: priority.id, facts: priority.facts.map((fact) => ({ ...fact, text: '' })) }
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
