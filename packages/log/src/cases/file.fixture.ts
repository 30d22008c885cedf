/** A committed file of vectors: what the cases are, where they come from, and the cases. */
export interface VectorFile<Case> {
  readonly about: string
  readonly from: string
  readonly cases: readonly Case[]
}

/** What every case has: a sentence, and the code with which it is refused, or null if it is accepted. */
export interface Expectation {
  readonly name: string
  readonly refused: string | null
}

export const own =
  'made by packages/log/src/cases/make.fixture.ts; keys are Ed25519 with the seed SHA-256(name); expected results are stated by hand'
