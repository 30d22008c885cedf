/**
 * Alpine, Wolfi, Chainguard: apk-package(5) and `src/version.c` of apk-tools 3,
 * https://gitlab.alpinelinux.org/alpine/apk-tools
 *
 *   digits{.digits}[letter[digits]]{_suffix[digits]}[~hash][-rN]        1.2.3b_rc1-r4
 *
 * Parts compare in their order. The first number, and those of suffixes and revisions, compare as
 * numbers; a later one, too, unless it or its counterpart begins with 0: then both compare as texts.
 * Where one version has a part of another sort, or has ended: `_alpha` `_beta` `_pre` `_rc` come first,
 * then the end, then revision, hash, a suffix's number, `_cvs` `_svn` `_git` `_hg` `_p`, letter, number.
 *
 * Digits after a letter (`6.6.4p1`) are what apk-tools 2 read and 3 calls invalid; they stand in
 * Alpine's own advisories. Anything else that apk-tools 3 calls invalid is refused: it compares such
 * texts as equal, or differently from version 2.
 */
import { compareDigits, compareLists, compareText } from './order.ts'
import { versionScheme } from './version-scheme.ts'

/** In ascending order, as far as parts of different sorts meet. */
const ranks = ['pre', 'end', 'revision', 'hash', 'suffixNumber', 'post', 'letter', 'letterNumber', 'number'] as const

interface Part {
  readonly sort: (typeof ranks)[number]
  readonly text: string
}

const before = ['alpha', 'beta', 'pre', 'rc']
const after = ['cvs', 'svn', 'git', 'hg', 'p']
const grammar =
  /^(?<numbers>[0-9]+(?:\.[0-9]+)*)(?:(?<letter>[a-z])(?<letterNumber>[0-9]*))?(?<suffixes>(?:_[a-z]+[0-9]*)*)(?:~(?<hash>[0-9a-f]+))?(?:-r(?<revision>[0-9]+))?$/

export const alpineScheme = versionScheme<readonly Part[]>({
  name: 'apk-package(5)',
  kind: 'an Alpine version',
  read: (text, refuse) => {
    const groups = grammar.exec(text)?.groups
    if (groups === undefined) {
      return refuse('it is not numbers joined by points, then a letter, suffixes such as "_rc1", "~" and hash, "-r1"')
    }
    const { numbers = '', letter, letterNumber, suffixes = '', hash, revision } = groups
    const parts: Part[] = numbers.split('.').map((number) => ({ sort: 'number', text: number }))
    const add = (sort: Part['sort'], part: string | undefined): void => {
      if (part !== undefined && part !== '') parts.push({ sort, text: part })
    }
    add('letter', letter)
    add('letterNumber', letterNumber)
    for (const [, suffix = '', number] of suffixes.matchAll(/_([a-z]+)([0-9]*)/g)) {
      if (!before.includes(suffix) && !after.includes(suffix)) return refuse(`there is no suffix "_${suffix}"`)
      add(before.includes(suffix) ? 'pre' : 'post', suffix)
      add('suffixNumber', number)
    }
    add('hash', hash)
    add('revision', revision)
    parts.push({ sort: 'end', text: '' })
    return parts
  },
  compare: (a, b) =>
    compareDigits(a[0]?.text ?? '', b[0]?.text ?? '') || compareLists(a.slice(1), b.slice(1), compareParts),
})

function compareParts(a: Part, b: Part): number {
  if (a.sort !== b.sort) return ranks.indexOf(a.sort) - ranks.indexOf(b.sort)
  switch (a.sort) {
    case 'number':
      return a.text.startsWith('0') || b.text.startsWith('0')
        ? compareText(a.text, b.text)
        : compareDigits(a.text, b.text)
    case 'pre':
      return before.indexOf(a.text) - before.indexOf(b.text)
    case 'post':
      return after.indexOf(a.text) - after.indexOf(b.text)
    case 'suffixNumber':
    case 'letterNumber':
    case 'revision':
      return compareDigits(a.text, b.text)
    default:
      return compareText(a.text, b.text)
  }
}
