import { ExposureError } from '../exposure-error.ts'

/**
 * Claims of one document, those of a product under several keys counted for each. The largest public documents, of
 * distributions that list every package on every product, have some hundred thousand statuses; a document that multiplies
 * products by names and versions could have as many as it likes.
 */
export const maxClaims = 500_000

/** Counts the claims that are made of one document. */
export class ClaimBudget {
  #left: number

  constructor(claims = maxClaims) {
    this.#left = claims
  }

  /** Throws `ExposureError` `too-many` at the limit. */
  spend(claims: number, pointer: string): void {
    this.#left -= claims
    if (this.#left >= 0) return
    throw new ExposureError('too-many', `a document may say ${maxClaims} things about products`, pointer)
  }
}
