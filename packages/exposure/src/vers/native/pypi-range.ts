/**
 * Version specifiers of PyPI: https://packaging.python.org/en/latest/specifications/version-specifiers/
 *
 *   >=1.0, !=1.3.4, <2.0
 *
 * All of them hold at once. `~=`, `===` and `==1.*` are refused: they have no equal in VERS, where a
 * bound is one version.
 */
import type { VersConstraint, VersRange } from '../vers-range.ts'
import { rangeOfSets, refuseNative } from './range-of-sets.ts'

export function fromPyPiRange(native: string): VersRange {
  const set = native.split(',').map((specifier): VersConstraint => {
    const groups = /^(?<sign>==|!=|>=|<=|>|<)\s*(?<version>[^\s=*<>!~]+)$/.exec(specifier.trim())?.groups
    const { sign, version = '' } = groups ?? {}
    switch (sign) {
      case '==':
        return { comparator: '=', version }
      case '!=':
      case '>=':
      case '<=':
      case '>':
      case '<':
        return { comparator: sign, version }
      default:
        return refuseNative(native, `${specifier.trim()} is not one of == != >= <= > < and a version`)
    }
  })
  return rangeOfSets('pypi', [set], native)
}
