/**
 * RubyGems: Gem::Version, https://docs.ruby-lang.org/en/master/Gem/Version.html
 *
 *   1.2.0.rc1  →  1 2 rc 1        1.0-x  →  1 pre x
 *
 * Segments are stretches of digits or of letters; a hyphen reads as `.pre.`. Zeros at the end, and
 * before the first letters, do not count. Where one version has ended the other is compared with 0,
 * and letters come before numbers: so a version with letters is a pre-release.
 */
import { compareDigits, comparePadded, compareText, isDigits } from './order.ts'
import { versionScheme } from './version-scheme.ts'

const grammar = /^[0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

export const rubygemsScheme = versionScheme<readonly string[]>({
  name: 'Gem::Version',
  kind: 'a RubyGems version',
  read: (text, refuse) => {
    const bare = text.trim()
    if (!grammar.test(bare)) return refuse('it is not a number and further numbers and words, joined by points')
    const segments = Array.from(bare.replaceAll('-', '.pre.').matchAll(/[0-9]+|[A-Za-z]+/g), ([segment]) => segment)
    const letters = segments.findIndex((segment) => !isDigits(segment))
    if (letters < 0) return withoutZeros(segments)
    return [...withoutZeros(segments.slice(0, letters)), ...withoutZeros(segments.slice(letters))]
  },
  compare: (a, b) => comparePadded(a, b, '0', compareSegments),
})

function withoutZeros(segments: readonly string[]): readonly string[] {
  return segments.slice(0, segments.findLastIndex((segment) => !/^0+$/.test(segment)) + 1)
}

function compareSegments(a: string, b: string): number {
  const order = Number(isDigits(a)) - Number(isDigits(b))
  return order || (isDigits(a) ? compareDigits(a, b) : compareText(a, b))
}
