/**
 * Maven: POM Reference, "Version Order Specification", https://maven.apache.org/pom.html#version-order-specification
 *
 *   1.0-alpha-1  →  1 -alpha -1            1.0.0.Final  →  1            2.0rc3  →  2 -rc -3
 *
 * Points, hyphens and changes between digits and other characters separate tokens; such a change
 * counts as a hyphen. An empty token is 0. From each group that a hyphen begins, trailing `0`, `ga`,
 * `final` and `release` fall away. Then token by token, where nothing more counts as `0` or as `""`:
 *
 *   alpha < beta < milestone < rc, cr < snapshot < "" < sp < other qualifiers < -number < .number
 *
 * and `a`, `b` and `m` right before digits stand for the first three. Upper and lower case are one.
 * Every text without white space is a Maven version.
 *
 * Since Maven 3.9.0 (MNG-7644, https://github.com/apache/maven/issues/8808) a point before a qualifier
 * counts as a hyphen. Until then it did not, and `2.0 < 2.0-1 < 2.0.RC1 < 2.0` was a circle. Two
 * versions which the two rules order differently have no order here; everything else is total.
 */
import { compareDigits, compareText, isDigits } from './order.ts'
import { refuseOrder, versionScheme } from './version-scheme.ts'

interface Token {
  readonly separator: '.' | '-'
  readonly digits: boolean
  /** Digits, or a qualifier by its full name. */
  readonly text: string
}

interface MavenVersion {
  readonly text: string
  /** By the rule of today, and by the one until Maven 3.8. */
  readonly today: readonly Token[]
  readonly formerly: readonly Token[]
}

const qualifiers = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp']
const release = qualifiers.indexOf('')
const aliases: ReadonlyMap<string, string> = new Map([
  ['cr', 'rc'],
  ['ga', ''],
  ['final', ''],
  ['release', ''],
])
const abbreviations: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
])

export const mavenScheme = versionScheme<MavenVersion>({
  name: 'Maven version order',
  kind: 'a Maven version',
  read: (text, refuse) => {
    if (/\s/.test(text)) return refuse('it contains white space')
    const found = tokens(text.toLowerCase())
    const today = found.map((token): Token => (token.digits ? token : { ...token, separator: '-' }))
    return { text, today: trimmed(today), formerly: trimmed(found) }
  },
  compare: (a, b) => {
    const today = compareAll(a.today, b.today)
    if (Math.sign(today) === Math.sign(compareAll(a.formerly, b.formerly))) return today
    return refuseOrder(a.text, b.text, 'Maven orders them differently since 3.9, where ".rc" means "-rc"')
  },
})

function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  let separator: Token['separator'] = '.'
  // The token that ended right before, with no separator between; undefined after a separator.
  let last: string | undefined
  for (const [piece] of text.matchAll(/[.-]|[0-9]+|[^.\-0-9]+/g)) {
    if (piece === '.' || piece === '-') {
      if (last === undefined) found.push({ separator, digits: true, text: '0' })
      separator = piece
      last = undefined
      continue
    }
    if (last !== undefined) separator = '-'
    const digits = isDigits(piece)
    const whole = digits && last !== undefined ? abbreviations.get(last) : undefined
    const abbreviated = found.at(-1)
    if (whole !== undefined && abbreviated !== undefined) found.splice(-1, 1, { ...abbreviated, text: whole })
    found.push({ separator, digits, text: digits ? piece : (aliases.get(piece) ?? piece) })
    last = piece
  }
  if (last === undefined) found.push({ separator, digits: true, text: '0' })
  return found
}

/** Without the tokens that say nothing at the end of each group. */
function trimmed(all: readonly Token[]): readonly Token[] {
  const kept: Token[] = []
  let start = 0
  const trim = (): void => {
    while (kept.length > start && /^0*$/.test(kept.at(-1)?.text ?? '0')) kept.pop()
    start = kept.length
  }
  for (const token of all) {
    if (token.separator === '-') trim()
    kept.push(token)
  }
  trim()
  return kept
}

function compareAll(a: readonly Token[], b: readonly Token[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = compareTokens(a[index], b[index])
    if (order !== 0) return order
  }
  return 0
}

function compareTokens(a: Token | undefined, b: Token | undefined): number {
  if (a === undefined) return b === undefined ? 0 : -againstNothing(b)
  if (b === undefined) return againstNothing(a)
  const order = rank(a) - rank(b)
  if (order !== 0) return order
  if (a.digits) return compareDigits(a.text, b.text)
  return qualifierRank(a.text) - qualifierRank(b.text) || compareText(a.text, b.text)
}

/** Nothing is `0` where a point comes before a number, and the empty qualifier elsewhere. */
function againstNothing({ separator, digits, text }: Token): number {
  if (!digits) return qualifierRank(text) - release
  return separator === '-' ? 1 : compareDigits(text, '0')
}

/** `.qualifier` < `-qualifier` < `-number` < `.number` */
function rank({ separator, digits }: Token): number {
  if (digits) return separator === '-' ? 2 : 3
  return separator === '-' ? 1 : 0
}

function qualifierRank(text: string): number {
  const at = qualifiers.indexOf(text)
  return at < 0 ? qualifiers.length : at
}
