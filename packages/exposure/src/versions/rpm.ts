/**
 * RPM: rpm-version(7) and the file `rpmio/rpmvercmp.cc` of rpm 4.15 and later,
 * https://rpm-software-management.github.io/rpm/man/rpm-version.7
 *
 *   [epoch:]version[-release]        1:3.0.7-27.el9
 *
 * A version is a row of segments, each all letters or all digits; whatever stands between them only
 * separates. Digits compare as numbers and come after letters; a longer row comes after its beginning,
 * except that `~` comes before the end, and `^` after the end but before any other segment.
 *
 * What begins with no number and a colon has no epoch, and the colon separates. A missing release comes
 * before every release, so that the order is total.
 */
import { compareDigits, compareLists, compareText } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface Segment {
  readonly rank: number
  readonly text: string
}

interface RpmVersion {
  readonly epoch: string
  readonly version: readonly Segment[]
  readonly release: readonly Segment[] | undefined
}

const end: Segment = { rank: 1, text: '' }
const rankOf = { tilde: 0, caret: 2, letters: 3, digits: 4 } as const

export const rpmScheme = versionScheme<RpmVersion>({
  name: 'rpm-version(7)',
  kind: 'an RPM version',
  read: (text, refuse) => {
    if (/\s/.test(text)) return refuse('it contains white space')
    const epoch = /^(?<epoch>[0-9]+):/.exec(text)?.groups?.['epoch']
    const rest = epoch === undefined ? text : text.slice(epoch.length + 1)
    if (rest === '') return refuse('nothing follows its epoch')
    const dash = rest.lastIndexOf('-')
    return {
      epoch: epoch ?? '0',
      version: segments(dash < 0 ? rest : rest.slice(0, dash)),
      release: dash < 0 ? undefined : segments(rest.slice(dash + 1)),
    }
  },
  compare: (a, b) =>
    compareDigits(a.epoch, b.epoch) ||
    compareLists(a.version, b.version, compareSegments) ||
    Number(a.release !== undefined) - Number(b.release !== undefined) ||
    compareLists(a.release ?? [], b.release ?? [], compareSegments),
})

/** The segments, and the end as one of them, since something may come before it. */
function segments(text: string): readonly Segment[] {
  const found = Array.from(text.matchAll(/[0-9]+|[A-Za-z]+|[~^]/g), ([segment]) => ({
    rank: rank(segment),
    text: segment,
  }))
  return [...found, end]
}

function rank(segment: string): number {
  if (segment === '~') return rankOf.tilde
  if (segment === '^') return rankOf.caret
  return /^[0-9]/.test(segment) ? rankOf.digits : rankOf.letters
}

function compareSegments(a: Segment, b: Segment): number {
  if (a.rank !== b.rank) return a.rank - b.rank
  return a.rank === rankOf.digits ? compareDigits(a.text, b.text) : compareText(a.text, b.text)
}
