/**
 * Requirements of RubyGems: https://guides.rubygems.org/patterns/#pessimistic-version-constraint
 *
 *   ~> 2.0.8  →  >=2.0.8|<2.1        >= 1.0, != 1.3
 *
 * All of them hold at once. `~>` ends before the version without its last number, one higher.
 */
import type { VersConstraint, VersRange } from '../vers-range.ts'
import { rangeOfSets, refuseNative } from './range-of-sets.ts'

export function fromGemRange(native: string): VersRange {
  const set = native.split(',').flatMap((requirement): readonly VersConstraint[] => {
    const groups = /^(?<sign>~>|!=|>=|<=|[<>=]?)\s*(?<version>[0-9][0-9A-Za-z.-]*)$/.exec(requirement.trim())?.groups
    const { sign, version = '' } = groups ?? {}
    switch (sign) {
      case '':
      case '=':
        return [{ comparator: '=', version }]
      case '!=':
      case '>=':
      case '<=':
      case '>':
      case '<':
        return [{ comparator: sign, version }]
      case '~>':
        return [
          { comparator: '>=', version },
          { comparator: '<', version: bumped(version) },
        ]
      default:
        return refuseNative(native, `${requirement.trim()} is not one of = != >= <= > < ~> and a version`)
    }
  })
  return rangeOfSets('gem', [set], native)
}

/** `2.1` of `2.0.8` and of `2.0.8.rc1`: numbers only, without the last, one higher. */
function bumped(version: string): string {
  const numbers = (/^[0-9]+(?:\.[0-9]+)*(?=$|[.-])/.exec(version)?.[0] ?? version).split('.')
  const kept = numbers.length > 1 ? numbers.slice(0, -1) : numbers
  return [...kept.slice(0, -1), String(BigInt(kept.at(-1) ?? '0') + 1n)].join('.')
}
