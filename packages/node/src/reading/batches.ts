import type { PartyBook } from '../register/party-book.ts'
import { type CheckedEntry, type SignedEntry, keysBrought } from './check-entries.ts'

/** Entries of a log together with the time leaf that closes them, its last. */
export interface ClosedBatch {
  /** Position of the first entry. */
  readonly start: number
  readonly entries: readonly CheckedEntry[]
  readonly leaf: SignedEntry
}

/**
 * Gathers the entries of somebody's log into its batches.
 *
 * A batch ends at a time leaf that the keeper signed. With which key, follows from the log before the batch and from the
 * keeper's own party statements in it, and from nothing that was seen further on: whoever reads the same prefix finds the
 * same batches.
 */
export class Batches {
  readonly #book: PartyBook
  readonly #keeper: () => string | undefined
  #entries: CheckedEntry[] = []

  /** `keeper`: whose time leaves count. */
  constructor(book: PartyBook, keeper: () => string | undefined) {
    this.#book = book
    this.#keeper = keeper
  }

  /** Entries that no time leaf closes yet. */
  get open(): readonly CheckedEntry[] {
    return this.#entries
  }

  /** Takes the next entry; returns the batch if it closes one. To be folded before the next entry is given. */
  add(entry: CheckedEntry): ClosedBatch | undefined {
    this.#entries.push(entry)
    if (!this.#closes(entry)) return undefined
    const [first = entry] = this.#entries
    const closed: ClosedBatch = { start: first.position, entries: this.#entries, leaf: entry }
    this.#entries = []
    return closed
  }

  #closes(each: CheckedEntry): each is SignedEntry {
    if ('malformed' in each || each.signature !== 'right') return false
    const { kind, iss, kidHex } = each.entry.statement
    return kind === 'time' && iss === this.#keeper() && this.#isKeepers(iss, kidHex)
  }

  #isKeepers(keeper: string, kid: string): boolean {
    if (this.#book.stateOf(keeper)?.keys.some((key) => key.kid === kid) === true) return true
    return this.#entries.some((each) => {
      if ('malformed' in each) return false
      const { statement, payload } = each.entry
      return statement.kind === 'party' && statement.iss === keeper && keysBrought(payload).has(kid)
    })
  }
}
