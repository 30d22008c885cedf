/**
 * Versions that strict SemVer 2.0.0 refuses and that stand in real inventories and advisories:
 *
 *   1.2                           missing numbers count as 0
 *   1.2.3.4                       what follows the third number has no precedence, as build has none
 *   20240101000000000000.0.0      numbers above 2^53; leading zeros are ignored
 *
 * Nothing else is forgiven: `1.2.3_4`, `1.2.3.RELEASE`, `latest` and `(devel)` are no versions.
 */

import { compareDigits, compareText, isDigits, withoutLeadingZeros } from './order.ts'

/** A version taken apart. Numbers stay text without leading zeros, because they have no upper bound. */
export interface TolerantVersion {
  readonly numbers: readonly string[]
  readonly prerelease: readonly string[]
  readonly build: readonly string[]
}

const grammar = /^v?(?<numbers>\d+(?:\.\d+)*)(?:-(?<prerelease>[0-9A-Za-z.-]+))?(?:\+(?<build>[0-9A-Za-z.-]+))?$/

/** Takes a version apart; undefined when it is none. */
export function readTolerant(text: string): TolerantVersion | undefined {
  const groups = grammar.exec(text)?.groups
  if (groups === undefined) return undefined
  const numbers = (groups['numbers'] ?? '').split('.').map(withoutLeadingZeros)
  const prerelease = identifiers(groups['prerelease'])
  const build = identifiers(groups['build'])
  if (prerelease === undefined || build === undefined) return undefined
  return { numbers: [numbers[0] ?? '0', numbers[1] ?? '0', numbers[2] ?? '0'], prerelease, build }
}

/** SemVer 2.0.0 section 11: numbers, then pre-release; and build where the ecosystem orders it. */
export function compareTolerant(a: TolerantVersion, b: TolerantVersion, ordersBuild: boolean): number {
  for (let i = 0; i < 3; i += 1) {
    const order = compareDigits(a.numbers[i] ?? '0', b.numbers[i] ?? '0')
    if (order !== 0) return order
  }
  return (
    // A version without a pre-release comes after all with one; one without build before all with.
    absentLast(a.prerelease, b.prerelease) ||
    compareIdentifiers(a.prerelease, b.prerelease) ||
    (ordersBuild ? compareIdentifiers(a.build, b.build) : 0)
  )
}

function absentLast(a: readonly string[], b: readonly string[]): number {
  return Number(a.length === 0) - Number(b.length === 0)
}

/** Identifier by identifier; numeric ones come before others, and the shorter list before the longer. */
function compareIdentifiers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const left = a[i] ?? ''
    const right = b[i] ?? ''
    const leftIsNumber = isDigits(left)
    if (leftIsNumber !== isDigits(right)) return leftIsNumber ? -1 : 1
    const order = leftIsNumber ? compareDigits(left, right) : compareText(left, right)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Identifiers joined by points; undefined when one is empty. */
function identifiers(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return []
  const parts = text.split('.')
  return parts.includes('') ? undefined : parts
}
