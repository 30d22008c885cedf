import type { FederationError } from '../federation-error.ts'
import type { CallOutcome } from './guarded-fetch.ts'
import type { PeerState } from './peer-state.ts'

/** How the calls to one destination went since this process began. */
export interface Contact {
  readonly calls: ReadonlyMap<CallOutcome, number>
  /** Seconds since the epoch; 0 if it never answered. */
  readonly lastSuccessAt: number
  readonly lastError?: NonNullable<PeerState['lastError']>
}

interface Kept {
  readonly calls: Map<CallOutcome, number>
  lastSuccessAt: number
  lastError: Contact['lastError'] | undefined
}

/** Who has answered and who has not. Only those in `known` are remembered, all others together as `published`. */
export class Contacts {
  readonly #known: (name: string) => boolean
  readonly #now: () => number
  readonly #kept = new Map<string, Kept>()

  constructor(known: (name: string) => boolean, now: () => number) {
    this.#known = known
    this.#now = now
  }

  note(name: string, outcome: CallOutcome, error?: FederationError): void {
    const kept = this.#keep(this.#known(name) ? name : publishedName)
    kept.calls.set(outcome, (kept.calls.get(outcome) ?? 0) + 1)
    if (outcome === 'answered') {
      kept.lastSuccessAt = this.#now()
      kept.lastError = undefined
    } else {
      const message = error?.message ?? 'it answered that it cannot'
      kept.lastError = { code: outcome === 'failed' ? 'peer-answers-otherwise' : outcome, message, at: this.#now() }
    }
  }

  of(name: string): Contact | undefined {
    const kept = this.#kept.get(name)
    if (kept === undefined) return undefined
    const { calls, lastSuccessAt, lastError } = kept
    return { calls, lastSuccessAt, ...(lastError === undefined ? {} : { lastError }) }
  }

  names(): readonly string[] {
    return [...this.#kept.keys()]
  }

  forget(name: string): void {
    this.#kept.delete(name)
  }

  #keep(name: string): Kept {
    const known = this.#kept.get(name)
    if (known !== undefined) return known
    const kept: Kept = { calls: new Map(), lastSuccessAt: 0, lastError: undefined }
    this.#kept.set(name, kept)
    return kept
  }
}

/** Calls to places that parties published, and to nodes that are no peers yet. No origin is written like this. */
export const publishedName = '(published)'
