import type { View } from '@comity/store'
import type { AboutProvider, EndedRun, TakenCsaf } from './source-record.ts'
import type { SourceFault } from './source.ts'

/** A document of a source as the view has it. */
export interface Item {
  readonly item: string
  readonly list: string
  /** Of the newest that was taken; empty where none was. */
  readonly stamp: string
  /** When that was taken, and the first of it; whole seconds since the epoch. */
  readonly at: number
  readonly firstAt: number
  readonly digest: string | undefined
  readonly size: number
  readonly csaf: TakenCsaf | undefined
  /** Of the newest look at it, where it was refused then. */
  readonly refused: Refusal | undefined
}

export interface Refusal {
  readonly faults: readonly SourceFault[]
  readonly rules: string
  readonly at: number
  readonly stamp: string
}

export interface ItemCounts {
  readonly taken: number
  readonly refused: number
  /** Octets of those that are taken. */
  readonly octets: number
}

/** What the view knows of the documents of sources, by stream. */
export class Items {
  readonly #view: View

  constructor(view: View) {
    this.#view = view
  }

  find(stream: string, item: string): Item | undefined {
    const row = this.#view.prepare('SELECT * FROM item WHERE stream = ? AND item = ?').get(stream, item)
    return row === undefined ? undefined : itemOf(row)
  }

  /** Those that are taken, by name. */
  *taken(stream: string): Generator<Item & { readonly digest: string }> {
    const rows = this.#view
      .prepare('SELECT * FROM item WHERE stream = ? AND digest IS NOT NULL ORDER BY item')
      .iterate(stream)
    for (const row of rows) yield { ...itemOf(row), digest: String(row['digest']) }
  }

  /** Names and lists of all of them, taken or not. */
  names(stream: string): readonly { readonly item: string; readonly list: string }[] {
    return this.#view
      .prepare('SELECT item, list FROM item WHERE stream = ? ORDER BY item')
      .all(stream)
      .map((row) => ({ item: String(row['item']), list: String(row['list']) }))
  }

  /** Those that were refused when they were looked at last, by name, behind `after`. */
  refused(stream: string, after: string, limit: number): readonly Item[] {
    return this.#view
      .prepare('SELECT * FROM item WHERE stream = ? AND faults IS NOT NULL AND item > ? ORDER BY item LIMIT ?')
      .all(stream, after, limit)
      .map(itemOf)
  }

  /**
   * Whether a document is to be looked at again although its list has not changed: refused by other rules than these, or
   * not since `before` (whole seconds since the epoch); taken before that from a list without dates.
   */
  hasDue(stream: string, rules: string, before: number): boolean {
    const sql = `SELECT 1 FROM item WHERE stream = ?
      AND ((faults IS NOT NULL AND (rules <> ? OR tried <= ?)) OR (faults IS NULL AND stamp = '' AND at <= ?)) LIMIT 1`
    return this.#view.prepare(sql).get(stream, rules, before, before) !== undefined
  }

  counts(stream: string): ItemCounts {
    const row = this.#view
      .prepare(
        'SELECT count(digest) AS taken, count(faults) AS refused, sum(size) AS octets FROM item WHERE stream = ?',
      )
      .get(stream)
    const of = (name: string): number => Number(row?.[name] ?? 0)
    return { taken: of('taken'), refused: of('refused'), octets: of('octets') }
  }

  /** Documents that had no signature, and were signed by this node. */
  signedHere(stream: string): number {
    const row = this.#view
      .prepare("SELECT count(*) AS signed FROM item WHERE stream = ? AND csaf ->> 'signedBy' = 'node'")
      .get(stream)
    return Number(row?.['signed'])
  }

  about(stream: string): AboutProvider | undefined {
    return this.#json<AboutProvider>('about', stream)
  }

  /** The newest run that ended. */
  lastRun(stream: string): EndedRun | undefined {
    return this.#json<EndedRun>('run', stream)
  }

  /** The newest run that left nothing to be fetched. */
  lastWhole(stream: string): EndedRun | undefined {
    return this.#json<EndedRun>('done', stream)
  }

  /** Changes with every record. */
  state(stream: string): number {
    return Number(this.#view.prepare('SELECT size FROM source WHERE stream = ?').get(stream)?.['size'] ?? 0)
  }

  /** Whether a document with this digest (`sha256:<hex>`) was ever taken. */
  wasTaken(digest: string): boolean {
    return this.#view.prepare('SELECT 1 FROM kept WHERE digest = ?').get(digest) !== undefined
  }

  #json<T>(column: 'about' | 'run' | 'done', stream: string): T | undefined {
    const text = this.#view.prepare(`SELECT ${column} AS text FROM source WHERE stream = ?`).get(stream)?.['text']
    // Safe: the fold wrote it.
    return typeof text === 'string' ? (JSON.parse(text) as T) : undefined
  }
}

function itemOf(row: Record<string, unknown>): Item {
  const text = (name: string): string => String(row[name] ?? '')
  return {
    item: text('item'),
    list: text('list'),
    stamp: text('stamp'),
    at: Number(row['at']),
    firstAt: Number(row['first'] ?? row['at']),
    digest: row['digest'] === null ? undefined : text('digest'),
    size: Number(row['size'] ?? 0),
    csaf: row['csaf'] === null ? undefined : JSON.parse(text('csaf')),
    refused:
      row['faults'] === null
        ? undefined
        : {
            faults: JSON.parse(text('faults')),
            rules: text('rules'),
            at: Number(row['tried']),
            stamp: text('tried_stamp'),
          },
  }
}
