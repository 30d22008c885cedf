/**
 * Packagist: Composer, https://getcomposer.org/doc/articles/versions.md, which compares by PHP's
 * version_compare(), https://www.php.net/manual/en/function.version-compare.php
 *
 *   v1.0.0-beta.2  →  1 0 0 beta 2        1.0pl1  →  1 0 pl 1
 *
 * Points, `-`, `_`, `+` and changes between digits and letters separate parts. Part by part, words
 * being known by their beginning:
 *
 *   other words < dev < a, alpha < b, beta < rc < (the end) < numbers < p, pl, patch
 *
 * Composer first writes versions in one way: without build metadata and `stable`, in lower case, and
 * with four numbers. PHP alone does none of this: it finds `1.0 < 1.0.0`, `ALPHA = BETA`, and all other
 * words equal. Advisories are evaluated by either. Two versions which they order differently have no
 * order here; everything else is total. `dev-name` is a branch, and comes before every number.
 */
import { compareDigits, compareLists, comparePadded, compareText, isDigits } from './order.ts'
import { refuseOrder, versionScheme } from './version-scheme.ts'

interface Part {
  readonly rank: number
  readonly text: string
}

interface PackagistVersion {
  readonly text: string
  /** As Composer writes it: the numbers it begins with, and what follows them. */
  readonly numbers: readonly string[]
  readonly rest: readonly Part[]
  /** As PHP finds it. */
  readonly plain: readonly Part[]
}

const otherWord = 0
const end: Part = { rank: 5, text: '' }
const numberRank = 6

/** Beginnings of words, and their ranks. */
const words: readonly (readonly [beginning: RegExp, rank: number])[] = [
  [/^dev/, 1],
  [/^a/, 2],
  [/^b/, 3],
  [/^(?:rc|RC)/, 4],
  [/^p/, 7],
]

const grammar = /^(?:v?(?<version>[0-9][0-9a-z._-]*)|(?<branch>dev-[0-9a-z._/-]+))(?<build>\+[0-9a-z.+-]*)?$/i

export const packagistScheme = versionScheme<PackagistVersion>({
  name: "Composer and PHP's version_compare()",
  kind: 'a Composer version',
  read: (text, refuse) => {
    const { version, branch, build = '' } = grammar.exec(text)?.groups ?? {}
    const bare = version ?? branch
    if (bare === undefined) return refuse('it is neither numbers and words joined by ". - _", nor "dev-" and a branch')
    const written = parts(bare.toLowerCase()).filter((part) => part.text !== 'stable')
    const firstWord = written.findIndex(({ rank }) => rank !== numberRank)
    const numbers = firstWord < 0 ? written : written.slice(0, firstWord)
    return {
      text,
      numbers: numbers.map((part) => part.text),
      rest: [...written.slice(numbers.length), end],
      plain: [...parts(bare + build), end],
    }
  },
  compare: (a, b) => {
    const order =
      comparePadded(a.numbers, b.numbers, '0', compareDigits) ||
      compareLists(a.rest, b.rest, (x, y) => compareParts(x, y) || otherWords(x, y))
    if (Math.sign(order) === Math.sign(compareLists(a.plain, b.plain, compareParts))) return order
    return refuseOrder(a.text, b.text, 'Composer and version_compare() of PHP differ')
  },
})

function parts(text: string): readonly Part[] {
  return Array.from(text.matchAll(/[0-9]+|[A-Za-z]+/g), ([part]) => ({ rank: rankOf(part), text: part }))
}

function rankOf(part: string): number {
  if (isDigits(part)) return numberRank
  return words.find(([beginning]) => beginning.test(part))?.[1] ?? otherWord
}

function compareParts(a: Part, b: Part): number {
  return a.rank - b.rank || (a.rank === numberRank ? compareDigits(a.text, b.text) : 0)
}

function otherWords(a: Part, b: Part): number {
  return a.rank === otherWord ? compareText(a.text, b.text) : 0
}
