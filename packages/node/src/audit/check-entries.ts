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
import type { Difference } from './difference.ts'

/** An entry whose form was checked, and its signature unless no key for it is known yet. */
export type CheckedEntry =
  | { readonly position: number; readonly entry: Unclosed; readonly isSigned: boolean }
  | { readonly position: number; readonly failed: Difference }

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

  /** Begins to check the entries of a bundle; resolves when all their signatures are known. */
  check(first: number, leaves: readonly Uint8Array[]): Promise<readonly CheckedEntry[]> {
    return Promise.all(leaves.map((leaf, i) => this.#checkOne(first + i, leaf)))
  }

  /** Forgets the keys of party statements below `position`: they are in the book by now, or void. */
  folded(position: number): void {
    if (this.#brought.size === 0) return
    for (const [kid, brought] of this.#brought) if (brought.position < position) this.#brought.delete(kid)
  }

  #checkOne(position: number, leaf: Uint8Array): CheckedEntry | Promise<CheckedEntry> {
    let entry: Unclosed
    try {
      entry = decodeEntry(position, leaf)
    } catch (error) {
      if (!(error instanceof StatementError)) throw error
      return { position, failed: failure(position, 'entry-malformed', error) }
    }
    const { statement } = entry
    if (statement.leaf !== leaf) {
      const what = 'the entry is not in the one form that a log holds: deterministic, with an empty unprotected header'
      return { position, failed: { code: 'entry-not-canonical', where: `entry ${position}`, what } }
    }
    if (statement.kind === 'party') this.#bring(entry)
    const key = this.#keyOf(entry)
    if (key === undefined) return { position, entry, isSigned: false }
    this.#signatures += 1
    return verifySignatureAsync(statement, key, crypto).then(
      () => ({ position, entry, isSigned: true }),
      (error: unknown) => {
        if (!(error instanceof StatementError)) throw error
        return { position, failed: failure(position, 'signature-wrong', error) }
      },
    )
  }

  #keyOf({ statement }: Unclosed): PublicKey | undefined {
    const state = this.#book.stateOf(statement.iss)
    const known = state && publicKeyFor(state, statement.kidHex)
    return known ?? this.#brought.get(statement.kidHex)?.key
  }

  #bring({ position, payload }: Unclosed): void {
    // Safe: the payload of a `party` statement was read against that kind's schema.
    const { keys, recovery } = payload as PartyPayload
    for (const jwk of [...keys.map((each) => each.jwk), ...(recovery?.keys ?? [])]) {
      try {
        const key = publicKeyOf(jwk)
        this.#brought.set(toHex(keyThumbprint(key, crypto)), { key, position })
      } catch (error) {
        // The judge refuses the statement for this key; here it only means that nothing can be verified with it.
        if (!(error instanceof StatementError)) throw error
      }
    }
  }
}

function failure(position: number, code: 'entry-malformed' | 'signature-wrong', error: StatementError): Difference {
  const what = code === 'entry-malformed' ? 'the entry is no statement' : 'the signature does not hold'
  return { code, where: `entry ${position}`, what: `${what}: ${error.message}`, reason: error.code }
}
