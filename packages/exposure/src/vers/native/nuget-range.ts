/**
 * Version ranges of NuGet: https://learn.microsoft.com/en-us/nuget/concepts/package-versioning#version-ranges
 *
 *   [1.0.0, 2.0.0)  →  >=1.0.0|<2.0.0        [1.0]  →  1.0        1.0  →  >=1.0        (,1.0]  →  <=1.0
 *
 * Floating versions (`1.*`) ask which version to install, and are refused.
 */
import type { VersConstraint, VersRange } from '../vers-range.ts'
import { rangeOfSets, refuseNative } from './range-of-sets.ts'

const interval = /^(?<open>[[(])\s*(?<from>[^,\s*[\]()]*)\s*(?:(?<comma>,)\s*(?<to>[^,\s*[\]()]*)\s*)?(?<close>[\])])$/

export function fromNuGetRange(native: string): VersRange {
  const text = native.trim()
  if (/^[0-9][0-9A-Za-z.+-]*$/.test(text)) {
    return rangeOfSets('nuget', [[{ comparator: '>=', version: text }]], native)
  }
  const { open, from = '', comma, to = '', close } = interval.exec(text)?.groups ?? {}
  if (open === undefined) return refuseNative(native, 'it is neither a version nor an interval such as [1.0,2.0)')
  if (comma === undefined) {
    if (open !== '[' || close !== ']' || from === '') return refuseNative(native, 'one version stands in [ and ]')
    return rangeOfSets('nuget', [[{ comparator: '=', version: from }]], native)
  }
  const set: VersConstraint[] = []
  if (from !== '') set.push({ comparator: open === '[' ? '>=' : '>', version: from })
  if (to !== '') set.push({ comparator: close === ']' ? '<=' : '<', version: to })
  return set.length === 0 ? { type: 'nuget', constraints: '*' } : rangeOfSets('nuget', [set], native)
}
