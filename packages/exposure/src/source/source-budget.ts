import { ExposureError } from '../exposure-error.ts'
import { freeExpansion, type SourceLimits } from './source-limits.ts'

/** Thrown where the whole source ends because it has used up what it may; whoever opened it makes a refusal of it. */
export class BudgetSpent extends Error {
  readonly refusal: ExposureError

  constructor(refusal: ExposureError) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** What a source has used of its limits. One for all the folders, archives and files of one source. */
export class SourceBudget {
  readonly limits: SourceLimits
  #items = 0
  #bytes = 0

  constructor(limits: SourceLimits) {
    this.limits = limits
  }

  /** Counts one item, given or refused. */
  countItem(): void {
    this.#items += 1
    if (this.#items <= this.limits.items) return
    throw new BudgetSpent(new ExposureError('too-many', `at most ${this.limits.items} items of a source are read`))
  }

  /** Counts octets that were unpacked or read, whether an item came of them or not. */
  countBytes(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.limits.totalBytes) return
    const message = `at most ${this.limits.totalBytes} octets of a source are read, unpacked`
    throw new BudgetSpent(new ExposureError('too-large', message))
  }

  /** Throws `too-large` for an item of so many octets. */
  checkItem(bytes: number): void {
    if (bytes > this.limits.itemBytes) throw this.tooLarge()
  }

  tooLarge(): ExposureError {
    return new ExposureError('too-large', `one item may have ${this.limits.itemBytes} octets, and this has more`)
  }

  /** Throws `expands-too-far` when so many octets have come of so few. */
  checkExpansion(packed: number, unpacked: number): void {
    const { ratio } = this.limits
    if (unpacked <= freeExpansion || unpacked <= packed * ratio) return
    const message = `one octet of it becomes more than ${ratio}: ${packed} have become ${unpacked}, and it is read no further`
    throw new ExposureError('expands-too-far', message)
  }
}
