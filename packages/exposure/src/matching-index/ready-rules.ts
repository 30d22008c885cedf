import type { Rule } from '../match/rule.ts'
import { LookUp } from './look-up.ts'

/** A rule as it is kept. */
export interface KeptRule {
  /** Ascending in the order of the advisory. */
  readonly number: number
  /** By which the advisory was put in. */
  readonly advisory: string
  readonly rule: Rule
  /** Of its JSON, in characters. */
  readonly length: number
}

/** The rules of one advisory that share a key, or that one component has a key of. */
export interface RulesOfAdvisory {
  readonly advisory: string
  readonly kept: readonly KeptRule[]
  readonly rules: readonly Rule[]
}

/** Keys that are read in one turn. */
const keysAtOnce = 1024

/** Keys whose rules are kept ready, and the length of those: about 100 MB of memory when both are reached. */
const mostKeys = 2 ** 17
const mostLength = 2 ** 24

/** Rules that were read, by key, and what they have said: whoever asks again finds them in memory. */
export class ReadyRules {
  /** What other connections had written by then. */
  readonly version: number
  readonly look = new LookUp()
  readonly #byKey = new Map<string, readonly RulesOfAdvisory[]>()
  readonly #read: (keys: readonly string[]) => readonly (readonly KeptRule[])[]
  #length = 0

  /** `read` gives the rules of each of some different keys. */
  constructor(version: number, read: (keys: readonly string[]) => readonly (readonly KeptRule[])[]) {
    this.version = version
    this.#read = read
  }

  get isFull(): boolean {
    return this.#byKey.size > mostKeys || this.#length > mostLength
  }

  /** Undefined for a key that was not read yet. */
  get(key: string): readonly RulesOfAdvisory[] | undefined {
    return this.#byKey.get(key)
  }

  read(keys: readonly string[]): void {
    for (let from = 0; from < keys.length; from += keysAtOnce) {
      const some = keys.slice(from, from + keysAtOnce)
      for (const [i, rules] of this.#read(some).entries()) {
        this.#byKey.set(some[i] ?? '', byAdvisory(rules))
        for (const { length } of rules) this.#length += length
      }
    }
  }
}

/** Rules in the order of their advisory. */
export function byAdvisory(rules: readonly KeptRule[]): readonly RulesOfAdvisory[] {
  if (rules.length === 0) return none
  const inOrder = rules.toSorted((a, b) => a.number - b.number)
  const groups = Map.groupBy(inOrder, ({ advisory }) => advisory)
  return [...groups].map(([advisory, kept]) => ({ advisory, kept, rules: kept.map(({ rule }) => rule) }))
}

const none: readonly RulesOfAdvisory[] = []
