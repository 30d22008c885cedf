export type AssessmentErrorCode =
  /** A document that a finding needs is neither stored nor withheld under a statement in the cut. */
  | 'document-missing'
  /** The ruleset asked for is not one of those this release carries. */
  | 'unknown-ruleset'
  /** The cut names one origin twice. */
  | 'ambiguous-cut'
  /** Findings were not handed over in strictly ascending order of their party's URN. */
  | 'out-of-order'
  /** A file is not what an indicator is computed from: no statistics of a registry, no indicator of the World Bank. */
  | 'bad-source'

/** The one error of this room; `code` is stable, the message is for people. */
export class AssessmentError extends Error {
  override readonly name = 'AssessmentError'
  readonly code: AssessmentErrorCode

  constructor(code: AssessmentErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
