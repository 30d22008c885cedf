/** Something in a source that was not taken, and why. Nothing is left out without one. */
export interface SourceProblem {
  /** Line of the file, from 1; 0 for what concerns the file as a whole. */
  readonly line: number
  readonly code: SourceProblemCode
  readonly message: string
}

export type SourceProblemCode =
  /** A line is longer than any record, or is no text in UTF-8. */
  | 'bad-line'
  /** A record has too few fields. */
  | 'missing-field'
  /** A field is not of the form that the format gives it. */
  | 'bad-field'
  /** A registry other than that of the file's header. */
  | 'other-registry'
  /** The header or a summary line counts other records than the file has. */
  | 'count-differs'
  /** A range, or part of it, stands in the files more than once; it is counted once. */
  | 'counted-twice'
  /** Other pages of the same answer are missing. */
  | 'incomplete'
  /** A value for a country and year that has one already. */
  | 'repeated'

/** Problems that are kept with their words; all are counted. */
const keptProblems = 100

/** Counts problems and keeps the first of them. */
export class Problems {
  readonly #first: SourceProblem[] = []
  readonly #counts = new Map<SourceProblemCode, number>()

  add(line: number, code: SourceProblemCode, message: string): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1)
    if (this.#first.length < keptProblems) this.#first.push({ line, code, message })
  }

  /** The first hundred, in the order of the file. */
  get first(): readonly SourceProblem[] {
    return this.#first
  }

  get counts(): Readonly<Partial<Record<SourceProblemCode, number>>> {
    return Object.fromEntries(this.#counts)
  }

  get count(): number {
    return [...this.#counts.values()].reduce((sum, each) => sum + each, 0)
  }
}
