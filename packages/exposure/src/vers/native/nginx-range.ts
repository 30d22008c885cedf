/**
 * Ranges of nginx's advisories: https://nginx.org/en/security_advisories.html
 *
 *   0.7.52-0.8.39        1.4.1+, 1.5.0+  →  >=1.4.1|<1.5.0|>=1.5.0        0.9.10
 *
 * `+` means this and later ones: to the end of its branch where the second number is even (stable), and
 * without an end where it is odd (mainline).
 */
import type { VersRange } from '../vers-range.ts'
import { type ConstraintSet, rangeOfSets, refuseNative } from './range-of-sets.ts'

const grammar = /^(?<from>[0-9]+\.(?<second>[0-9]+)\.[0-9]+)(?:(?<later>\+)|-(?<to>[0-9]+\.[0-9]+\.[0-9]+))?$/

export function fromNginxRange(native: string): VersRange {
  const sets = native.split(',').map((part): ConstraintSet => {
    const { from, second = '0', later, to } = grammar.exec(part.trim())?.groups ?? {}
    if (from === undefined) return refuseNative(native, `${part.trim()} is neither "1.2.3", "1.2.3+" nor "1.2.3-1.2.9"`)
    if (to !== undefined) {
      return [
        { comparator: '>=', version: from },
        { comparator: '<=', version: to },
      ]
    }
    if (later === undefined) return [{ comparator: '=', version: from }]
    if (BigInt(second) % 2n === 1n) return [{ comparator: '>=', version: from }]
    const [first = '0'] = from.split('.')
    return [
      { comparator: '>=', version: from },
      { comparator: '<', version: `${first}.${BigInt(second) + 1n}.0` },
    ]
  })
  return rangeOfSets('nginx', sets, native)
}
