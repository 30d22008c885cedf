/** What can be wrong with a move, with a case, or with a definition. */
export type ProcedureErrorCode =
  | 'unknown-procedure'
  | 'unknown-move'
  | 'bad-body'
  | 'wrong-kind'
  | 'no-case'
  | 'case-exists'
  | 'not-possible-now'
  | 'not-your-move'
  | 'already-made'
  | 'guarded'
  | 'unknown-proposal'
  | 'too-many'
  | 'unknown-place'
  | 'unknown-profile'
  | 'no-law'
  | 'nothing-due'
  | 'bad-definition'

/** A move that is possible, and which role may make it. */
export interface PossibleMove {
  readonly move: string
  readonly title: string
  /** Roles whose parties may make it; none where anybody may. */
  readonly by: readonly string[]
  /** URNs of the parties that may make it now; none where anybody may who joins with it. */
  readonly parties: readonly string[]
}

/** A refusal. Whoever is refused learns what is possible instead, and for whom. */
export class ProcedureError extends Error {
  override readonly name = 'ProcedureError'
  readonly code: ProcedureErrorCode
  readonly possible: readonly PossibleMove[]
  /** JSON pointer into the body, where that is what is wrong. */
  readonly pointer: string | undefined

  constructor(
    code: ProcedureErrorCode,
    message: string,
    {
      possible = [],
      pointer,
      ...options
    }: ErrorOptions & { readonly possible?: readonly PossibleMove[]; readonly pointer?: string | undefined } = {},
  ) {
    super(message, options)
    this.code = code
    this.possible = possible
    this.pointer = pointer
  }
}
