/** What can be wrong with one part of a document that as a whole can still be used. */
export type ProblemCode =
  | 'bad-purl'
  | 'bad-version'
  | 'version-missing'
  | 'version-mismatch'
  | 'bad-component'
  | 'duplicate-ref'
  | 'duplicate-dependency'
  | 'unknown-ref'
  | 'dependency-cycle'
  | 'bad-dependency'
  | 'bad-package'
  | 'package-missing'
  | 'purl-mismatch'
  | 'bad-range'
  | 'bad-event'
  | 'no-ranges'
  | 'bad-severity'
  | 'unknown-schema-version'
  | 'bad-cpe'
  | 'cpe-mismatch'
  | 'bad-relationship'
  | 'left-out'
  | 'bad-field'
  | 'missing-field'
  | 'unknown-product'
  | 'duplicate-product'
  | 'product-cycle'
  | 'contradicting-range'
  | 'contradicting-status'
  | 'justification-missing'
  | 'duplicate-entry'
  | 'count-mismatch'
  | 'not-identifiable'
  | 'bad-digest'

/** One thing that was found wrong, and where: `pointer` is an RFC 6901 JSON pointer. */
export interface Problem {
  readonly pointer: string
  readonly code: ProblemCode
  readonly message: string
}

/** The problems of one document: all are counted, the first ones are kept in full. */
export interface ProblemList {
  readonly problems: readonly Problem[]
  readonly counts: Readonly<Partial<Record<ProblemCode, number>>>
  readonly total: number
}

/**
 * Collects problems while a document is read. Every one is counted; only the first `keep` are held
 * with their text, because a hostile document can contain one per byte.
 */
export class ProblemCollector {
  readonly #kept: Problem[] = []
  readonly #counts: Partial<Record<ProblemCode, number>> = {}
  readonly #keep: number
  #total = 0

  constructor(keep: number) {
    this.#keep = keep
  }

  add(code: ProblemCode, pointer: string, message: string): void {
    this.#total += 1
    this.#counts[code] = (this.#counts[code] ?? 0) + 1
    if (this.#kept.length < this.#keep) this.#kept.push({ pointer, code, message })
  }

  list(): ProblemList {
    return { problems: this.#kept, counts: this.#counts, total: this.#total }
  }
}

/** An RFC 6901 pointer from its parts; `~` and `/` inside a part are escaped. */
export function jsonPointer(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** At most `length` characters of a value that an outsider chose, quoted, for use in a message. */
export function quoted(text: string, length = 80): string {
  return JSON.stringify(text.length > length ? `${text.slice(0, length)}…` : text)
}
