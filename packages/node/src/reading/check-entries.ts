import {
  type PartyPayload,
  type PublicKey,
  StatementError,
  keyThumbprint,
  publicKeyFor,
  publicKeyOf,
  toHex,
  verifySignatureAsync,
} from '@comity/statement'
import { crypto } from '../crypto-port.ts'
import { type Unclosed, decodeEntry } from '../register/fold.ts'
import type { PartyBook } from '../register/party-book.ts'

/** An entry of somebody's log whose form and signature were looked at. */
export type CheckedEntry = SignedEntry | MalformedEntry

/** `unknown`: no key for it is known so far; the judge says why. */
export interface SignedEntry {
  readonly position: number
  readonly entry: Unclosed
  readonly signature: 'right' | 'wrong' | 'unknown'
  /** Why the signature is wrong. */
  readonly reason?: StatementError
}

export interface MalformedEntry {
  readonly position: number
  /** `entry-not-canonical`: a statement, but not in the one form that a log holds. */
  readonly malformed: 'entry-malformed' | 'entry-not-canonical'
  readonly reason: StatementError
}

/**
 * Decodes entries and verifies their signatures, off the main thread and ahead of the fold.
 *
 * A `kid` is the thumbprint of its key, so a signature may be checked before anything is known about what the key may
 * sign: that is the judge's part. Keys come from the parties folded so far and from party statements further on.
 */
export class EntryCheck {
  readonly #book: PartyBook
  /** Keys that party statements bring which are not folded yet, by thumbprint. */
  readonly #brought = new Map<string, { readonly key: PublicKey; position: number }>()
  #signatures = 0

  constructor(book: PartyBook) {
    this.#book = book
  }

  /** How many signatures were verified, right or wrong. */
  get signatures(): number {
    return this.#signatures
  }

  /** Begins to check entries, the first of which stands at `first`; resolves when all their signatures are known. */
  check(first: number, leaves: readonly Uint8Array[]): Promise<readonly CheckedEntry[]> {
    return Promise.all(this.decode(first, leaves).map((each) => this.verify(each)))
  }

  /** Decodes entries, and learns the keys that they bring. */
  decode(first: number, leaves: readonly Uint8Array[]): (Unclosed | MalformedEntry)[] {
    return leaves.map((leaf, i) => {
      const read = readEntry(first + i, leaf)
      if (!('malformed' in read)) this.learn(read)
      return read
    })
  }

  /** Learns the keys that an entry brings which was checked before and is not folded yet. */
  learn({ position, statement, payload }: Unclosed): void {
    if (statement.kind !== 'party') return
    for (const [kid, key] of keysBrought(payload)) this.#brought.set(kid, { key, position })
  }

  /** Begins to verify the signature of a decoded entry, off the main thread. */
  verify(entry: Unclosed | MalformedEntry): CheckedEntry | Promise<CheckedEntry> {
    if ('malformed' in entry) return entry
    const { position, statement } = entry
    const key = this.#keyOf(entry)
    if (key === undefined) return { position, entry, signature: 'unknown' }
    this.#signatures += 1
    return verifySignatureAsync(statement, key, crypto).then(
      () => ({ position, entry, signature: 'right' }),
      (reason: unknown) => {
        if (!(reason instanceof StatementError)) throw reason
        return { position, entry, signature: 'wrong', reason }
      },
    )
  }

  /** Forgets the keys of party statements below `position`: they are in the book by now, or void. */
  folded(position: number): void {
    if (this.#brought.size === 0) return
    for (const [kid, brought] of this.#brought) if (brought.position < position) this.#brought.delete(kid)
  }

  #keyOf({ statement }: Unclosed): PublicKey | undefined {
    // A name is the thumbprint of its key, whoever brought it. What is not folded yet is not asked of the register.
    const brought = this.#brought.get(statement.kidHex)?.key
    if (brought !== undefined) return brought
    const state = this.#book.stateOf(statement.iss)
    return state && publicKeyFor(state, statement.kidHex)
  }
}

/** Decodes one entry of somebody's log, without looking at its signature. */
export function readEntry(position: number, leaf: Uint8Array): Unclosed | MalformedEntry {
  try {
    const entry = decodeEntry(position, leaf)
    if (entry.statement.leaf === leaf) return entry
    const what = 'the entry is not in the one form that a log holds: deterministic, with an empty unprotected header'
    return { position, malformed: 'entry-not-canonical', reason: new StatementError('non-canonical', what) }
  } catch (reason) {
    if (!(reason instanceof StatementError)) throw reason
    return { position, malformed: 'entry-malformed', reason }
  }
}

/** The keys in the payload of a `party` statement, by thumbprint. Those that are none are left out: the judge refuses it. */
export function keysBrought(payload: unknown): ReadonlyMap<string, PublicKey> {
  // Safe: the payload of a `party` statement was read against that kind's schema.
  const { keys, recovery } = payload as PartyPayload
  const brought = new Map<string, PublicKey>()
  for (const jwk of [...keys.map((each) => each.jwk), ...(recovery?.keys ?? [])]) {
    try {
      const key = publicKeyOf(jwk)
      brought.set(toHex(keyThumbprint(key, crypto)), key)
    } catch (error) {
      // Nothing can be verified with it.
      if (!(error instanceof StatementError)) throw error
    }
  }
  return brought
}
