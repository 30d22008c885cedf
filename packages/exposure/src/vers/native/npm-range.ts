/**
 * Ranges of npm: https://github.com/npm/node-semver#ranges
 *
 *   ^1.2.9  →  >=1.2.9|<2.0.0        2.0.x || 2.1.x  →  >=2.0.0|<2.1.0|>=2.1.0|<2.2.0
 *
 * npm leaves pre-releases out of a range unless a constraint names their very numbers; VERS has no word
 * for that, so here they are in.
 *
 * Refused is what npm and the test suite of the VERS specification read differently: a version with
 * numbers missing but for `x` (`2.1`, all of 2.1 or 2.1.0?), `>`, `<=` or any comparator before such a
 * one, and `~` before a pre-release.
 */
import type { VersComparator, VersRange } from '../vers-range.ts'
import { type ConstraintSet, rangeOfSets, refuseNative } from './range-of-sets.ts'

interface Partial {
  /** The numbers that are given, up to the first that is left open. */
  readonly numbers: readonly string[]
  readonly hasX: boolean
  readonly prerelease: string
}

const everything = { comparator: '>=', version: '0' } as const

export function fromNpmRange(native: string): VersRange {
  const alternatives = native.split('||').map((alternative) => readSet(alternative.trim(), native))
  if (alternatives.some((set) => set.includes(everything))) return { type: 'npm', constraints: '*' }
  return rangeOfSets('npm', alternatives, native)
}

function readSet(text: string, native: string): ConstraintSet {
  const hyphen = /^(?<from>\S+)\s+-\s+(?<to>\S+)$/.exec(text)?.groups
  if (hyphen !== undefined) {
    const to = readPartial(hyphen['to'] ?? '', native)
    const end: ConstraintSet = isWhole(to)
      ? [{ comparator: '<=', version: written(to) }]
      : upTo(to.numbers, to.numbers.length - 1)
    return [{ comparator: '>=', version: written(readPartial(hyphen['from'] ?? '', native)) }, ...end]
  }
  if (text === '') return [everything]
  const words = text.replaceAll(/(>=|<=|[<>=~^])\s+/g, '$1').split(/\s+/)
  return words.flatMap((word) => readComparator(word, native))
}

function readComparator(word: string, native: string): ConstraintSet {
  const { sign = '', version = '' } = /^(?<sign>>=|<=|[<>=~^]?)(?<version>.*)$/.exec(word)?.groups ?? {}
  const partial = readPartial(version, native)
  const { numbers, hasX } = partial
  if (numbers.length === 0) {
    return sign === '' || sign === '=' ? [everything] : refuseNative(native, `${sign} stands before no number`)
  }
  const at = written(partial)
  if (sign === '^') {
    const first = numbers.findIndex((number) => !/^0+$/.test(number))
    return [{ comparator: '>=', version: at }, ...upTo(numbers, first < 0 ? numbers.length - 1 : first)]
  }
  if (sign === '~') {
    if (partial.prerelease !== '') return refuseNative(native, '"~" before a pre-release is not read alike everywhere')
    return [{ comparator: '>=', version: at }, ...upTo(numbers, Math.min(1, numbers.length - 1))]
  }
  if (isWhole(partial)) return [{ comparator: comparatorOf(sign), version: at }]
  if (hasX && (sign === '' || sign === '=')) {
    return [{ comparator: '>=', version: at }, ...upTo(numbers, numbers.length - 1)]
  }
  if (!hasX && (sign === '>=' || sign === '<')) return [{ comparator: sign, version: at }]
  return refuseNative(native, `${word} is not read alike everywhere; give all three numbers, or "x" alone`)
}

function comparatorOf(sign: string): VersComparator {
  return sign === '>=' || sign === '<=' || sign === '>' || sign === '<' ? sign : '='
}

const grammar =
  /^v?(?<numbers>(?:[0-9]+|[xX*])(?:\.(?:[0-9]+|[xX*])){0,2})(?<prerelease>-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

function readPartial(text: string, native: string): Partial {
  const { numbers, prerelease = '' } = grammar.exec(text)?.groups ?? {}
  if (numbers === undefined) return refuseNative(native, `${text} is not a version with numbers or "x"`)
  const parts = numbers.split('.')
  const open = parts.findIndex((part) => /[xX*]/.test(part))
  const given = open < 0 ? parts : parts.slice(0, open)
  if (prerelease !== '' && given.length < 3)
    return refuseNative(native, `${text} has a pre-release but not three numbers`)
  return { numbers: given, hasX: open >= 0, prerelease }
}

function isWhole({ numbers }: Partial): boolean {
  return numbers.length === 3
}

function written({ numbers, prerelease }: Partial): string {
  return [...numbers, '0', '0'].slice(0, 3).join('.') + prerelease
}

/** Before the next version of which the number at `index` is one higher. Nothing when there is none. */
function upTo(numbers: readonly string[], index: number): ConstraintSet {
  const number = numbers[index]
  if (number === undefined) return []
  const next = [...numbers.slice(0, index), String(BigInt(number) + 1n)]
  return [{ comparator: '<', version: written({ numbers: next, hasX: false, prerelease: '' }) }]
}
