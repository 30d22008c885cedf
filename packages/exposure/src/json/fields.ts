/**
 * Reads the members of one object of a document by name. What is of another kind than the format says
 * is reported with its place, counted, and left out; the rest of the object can still be used.
 */
import { ExposureError } from '../exposure-error.ts'
import { jsonPointer, quoted, type ProblemCode, type ProblemCollector } from '../problem.ts'
import { isObject } from './json-object.ts'

export interface FieldLimits {
  /** Characters of any text that is kept. */
  readonly text: number
  /** Entries of any array. Reaching it refuses the document. */
  readonly entries: number
}

export class Fields {
  readonly pointer: string
  readonly problems: ProblemCollector
  readonly #json: Readonly<Record<string, unknown>>
  readonly #limits: FieldLimits

  constructor(
    json: Readonly<Record<string, unknown>>,
    pointer: string,
    problems: ProblemCollector,
    limits: FieldLimits,
  ) {
    this.#json = json
    this.pointer = pointer
    this.problems = problems
    this.#limits = limits
  }

  /** Whether the member is there, null counting as absent. */
  has(name: string): boolean {
    return this.#value(name) !== undefined
  }

  /** The value as it is, for members that may be of several kinds. */
  value(name: string): unknown {
    return this.#value(name)
  }

  /** The place of a member, or of what stands in it. */
  at(...parts: readonly (string | number)[]): string {
    return this.pointer + jsonPointer(...parts)
  }

  /** Reports something about a member. */
  report(code: ProblemCode, name: string, message: string): void {
    this.problems.add(code, this.at(name), message)
  }

  /** A text; an empty one counts as absent. */
  text(name: string): string | undefined {
    const value = this.#value(name)
    if (value === undefined || value === '') return undefined
    if (typeof value === 'string' && value.length <= this.#limits.text) return value
    this.report('bad-field', name, `"${name}" is a text of at most ${this.#limits.text} characters`)
    return undefined
  }

  /** A text that has to be there. */
  needed(name: string): string | undefined {
    if (this.#value(name) === undefined || this.#value(name) === '') {
      this.report('missing-field', name, `the text "${name}" has to be there`)
    }
    return this.text(name)
  }

  /** A text out of a closed list. */
  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const found = allowed.find((each) => each === value)
    if (found === undefined) {
      this.report('bad-field', name, `"${name}" is one of ${allowed.join(', ')}, and not ${quoted(value, 40)}`)
    }
    return found
  }

  /** A whole number from 0 on. */
  count(name: string): number | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    this.report('bad-field', name, `"${name}" is a whole number`)
    return undefined
  }

  /** The texts of an array. */
  texts(name: string): readonly string[] {
    const found: string[] = []
    for (const [index, value] of this.#array(name).entries()) {
      if (typeof value === 'string' && value !== '' && value.length <= this.#limits.text) found.push(value)
      else this.problems.add('bad-field', this.at(name, index), `a text of at most ${this.#limits.text} characters`)
    }
    return found
  }

  /** An object. */
  object(name: string): Fields | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (isObject(value)) return this.#within(value, this.at(name))
    this.report('bad-field', name, `"${name}" is an object`)
    return undefined
  }

  /** The objects of an array. */
  objects(name: string): readonly Fields[] {
    return this.#array(name).flatMap((value, index) => {
      if (isObject(value)) return [this.#within(value, this.at(name, index))]
      this.problems.add('bad-field', this.at(name, index), `an entry of "${name}" is an object`)
      return []
    })
  }

  #array(name: string): readonly unknown[] {
    const value = this.#value(name)
    if (value === undefined) return []
    if (!Array.isArray(value)) {
      this.report('bad-field', name, `"${name}" is an array`)
      return []
    }
    if (value.length > this.#limits.entries) {
      throw new ExposureError('too-many', `at most ${this.#limits.entries} entries are read`, this.at(name))
    }
    return value
  }

  #within(json: Readonly<Record<string, unknown>>, pointer: string): Fields {
    return new Fields(json, pointer, this.problems, this.#limits)
  }

  #value(name: string): unknown {
    // A member of every object is nobody's: `constructor` is there only when the document has it.
    return Object.hasOwn(this.#json, name) ? (this.#json[name] ?? undefined) : undefined
  }
}

/** An object with these members, leaving out those that are undefined. */
export function present<T extends Readonly<Record<string, unknown>>>(
  members: T,
): { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
} {
  // The type says exactly what the filter does, which TypeScript cannot follow.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}
