/**
 * NuGet: https://learn.microsoft.com/en-us/nuget/concepts/package-versioning
 *
 *   Major[.Minor[.Patch[.Revision]]][-prerelease][+metadata]        1.0.0.1-beta.2+sha
 *
 * SemVer 2.0.0 with up to four numbers, missing ones being 0, and with leading zeros allowed.
 * Pre-release identifiers compare without regard to case; metadata has no precedence.
 */
import { compareDigits, compareLists, comparePadded, compareText, isDigits } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface NuGetVersion {
  readonly numbers: readonly string[]
  readonly prerelease: readonly string[]
}

const identifiers = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*'
const grammar = new RegExp(
  `^(?<numbers>[0-9]+(?:\\.[0-9]+){0,3})(?:-(?<prerelease>${identifiers}))?(?:\\+${identifiers})?$`,
)

export const nugetScheme = versionScheme<NuGetVersion>({
  name: 'SemVer 2.0 with four numbers, as NuGet has it',
  kind: 'a NuGet version',
  read: (text, refuse) => {
    const { numbers, prerelease } = grammar.exec(text)?.groups ?? {}
    if (numbers === undefined) {
      return refuse('it is not one to four numbers joined by points, then "-" and pre-release, then "+" and metadata')
    }
    return { numbers: numbers.split('.'), prerelease: prerelease?.toLowerCase().split('.') ?? [] }
  },
  compare: (a, b) =>
    comparePadded(a.numbers, b.numbers, '0', compareDigits) ||
    Number(a.prerelease.length === 0) - Number(b.prerelease.length === 0) ||
    compareLists(a.prerelease, b.prerelease, compareIdentifiers),
})

/** SemVer 2.0.0 §11.4: numbers before texts. */
function compareIdentifiers(a: string, b: string): number {
  const order = Number(isDigits(b)) - Number(isDigits(a))
  return order || (isDigits(a) ? compareDigits(a, b) : compareText(a, b))
}
