/**
 * Ranges of Conan 2: https://docs.conan.io/2/tutorial/versioning/version_ranges.html
 *
 *   ~2.5  →  >=2.5|<2.6-        ^0.1.2  →  >=0.1.2|<0.2-        *  →  >=0.0.0
 *
 * `2.6-` is before every pre-release of 2.6. Whether Conan would choose pre-releases, which a hyphen at
 * the end of a lower bound or an option after a comma says, is no question of containment.
 */
import type { VersConstraint, VersRange } from '../vers-range.ts'
import { type ConstraintSet, rangeOfSets, refuseNative } from './range-of-sets.ts'

export function fromConanRange(native: string): VersRange {
  const [conditions = '', ...options] = native.split(',')
  for (const option of options) {
    if (!/^\s*include_prerelease\s*(?:=\s*(?:True|False)\s*)?$/.test(option)) {
      return refuseNative(native, `${option.trim()} is no option`)
    }
  }
  const sets = conditions.split('||').map((alternative): ConstraintSet => {
    const words = alternative.split(/\s+/).filter((word) => word !== '')
    if (words.length === 0) return refuseNative(native, 'one of its alternatives is empty')
    return words.flatMap((word) => readCondition(word, native))
  })
  return rangeOfSets('conan', sets, native)
}

function readCondition(word: string, native: string): readonly VersConstraint[] {
  if (word === '*' || word === '*-') return [{ comparator: '>=', version: '0.0.0' }]
  const groups = /^(?<sign>>=|<=|[<>=~^]?)(?<version>[0-9A-Za-z_.+-]+)$/.exec(word)?.groups
  const { sign, version = '' } = groups ?? {}
  const bare = version.endsWith('-') ? version.slice(0, -1) : version
  switch (sign) {
    case '':
    case '=':
      return [{ comparator: '=', version }]
    case '<':
    case '<=':
      return [{ comparator: sign, version }]
    case '>':
    case '>=':
      return [{ comparator: sign, version: bare }]
    case '~':
      return [{ comparator: '>=', version: bare }, before(bare, (items) => Math.min(1, items.length - 1), native)]
    case '^':
      return [{ comparator: '>=', version: bare }, before(bare, firstNotZero, native)]
    default:
      return refuseNative(native, `${word} is not a comparator and a version`)
  }
}

function firstNotZero(items: readonly string[]): number {
  const found = items.findIndex((item) => !/^0+$/.test(item))
  return found < 0 ? items.length - 1 : found
}

/** Before every pre-release of the next version of which the chosen item is one higher. */
function before(version: string, choose: (items: readonly string[]) => number, native: string): VersConstraint {
  const items = (/^[^+-]*/.exec(version)?.[0] ?? '').split('.')
  const index = choose(items)
  const item = items[index] ?? ''
  if (!/^[0-9]+$/.test(item)) return refuseNative(native, `${item} of ${version} is not a number that has a next one`)
  return { comparator: '<', version: `${[...items.slice(0, index), String(BigInt(item) + 1n)].join('.')}-` }
}
