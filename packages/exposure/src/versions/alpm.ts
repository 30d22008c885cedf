/**
 * Arch Linux: alpm-pkgver(7), alpm-package-version(7) and vercmp(8), https://alpm.archlinux.page/specifications/
 *
 *   [epoch:]pkgver[-pkgrel]        1:1.5rc2-3
 *
 * A pkgver is a row of segments, each all letters or all digits. Segment by segment: more separating
 * characters before it come after fewer, digits after letters, digits as numbers, letters as text.
 * Where one row has ended the longer is the later one, unless it goes on with letters that nothing
 * separates: so `1.0rc < 1.0 < 1.0.rc < 1.0.1`.
 *
 * A pkgrel counts only where both versions have one. So `1.5-1` and `1.5-2` both equal `1.5`: the order
 * is total among versions that have a pkgrel, and among those that have none.
 */
import { compareDigits, compareLists, compareText } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface Segment {
  /** Where it belongs at its place: letters right after digits, the end, then by separators. */
  readonly rank: number
  readonly digits: boolean
  readonly text: string
}

interface AlpmVersion {
  readonly epoch: string
  readonly pkgver: readonly Segment[]
  readonly pkgrel: readonly string[] | undefined
}

const lettersAtOnce = 0
const end: Segment = { rank: 1, digits: false, text: '' }
const first = 2

const grammar = /^(?:(?<epoch>[0-9]+):)?(?<pkgver>[!-.0-9;-~]+?)(?:-(?<pkgrel>[0-9]+(?:\.[0-9]+)*))?$/

export const alpmScheme = versionScheme<AlpmVersion>({
  name: 'vercmp(8)',
  kind: 'an Arch Linux version',
  read: (text, refuse) => {
    const { epoch, pkgver, pkgrel } = grammar.exec(text)?.groups ?? {}
    if (pkgver === undefined || pkgver.includes('-')) {
      return refuse('it is not [epoch:]pkgver[-pkgrel], the pkgver without white space and : / -')
    }
    // vercmp finds 1. < 1.5 < 1..a < 1. and so has no order for these.
    if (!/[0-9A-Za-z]$/.test(pkgver)) return refuse('its pkgver ends in neither a letter nor a digit')
    return { epoch: epoch ?? '0', pkgver: segments(pkgver), pkgrel: pkgrel?.split('.') }
  },
  compare: (a, b) =>
    compareDigits(a.epoch, b.epoch) ||
    compareLists(a.pkgver, b.pkgver, compareSegments) ||
    (a.pkgrel === undefined || b.pkgrel === undefined ? 0 : compareLists(a.pkgrel, b.pkgrel, compareDigits)),
})

function segments(pkgver: string): readonly Segment[] {
  const found = Array.from(
    pkgver.matchAll(/([^0-9A-Za-z]*)([0-9]+|[A-Za-z]+)/g),
    ([, separators = '', text = '']): Segment => {
      const digits = /^[0-9]/.test(text)
      return { rank: separators === '' && !digits ? lettersAtOnce : first + separators.length, digits, text }
    },
  )
  return [...found, end]
}

function compareSegments(a: Segment, b: Segment): number {
  return (
    a.rank - b.rank ||
    Number(a.digits) - Number(b.digits) ||
    (a.digits ? compareDigits(a.text, b.text) : compareText(a.text, b.text))
  )
}
