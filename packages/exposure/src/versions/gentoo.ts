/**
 * Gentoo: Package Manager Specification 8, §3.2 and §3.3, https://projects.gentoo.org/pms/8/pms.html
 *
 *   digits{.digits}[letter]{_suffix[digits]}[-rN]        12.2b_rc3-r1
 *
 * The first number compares as a number. A later one, too, unless it or its counterpart begins with 0:
 * then both compare as texts without trailing zeros. More numbers come after fewer, then letters,
 * suffixes (`_alpha` `_beta` `_pre` `_rc`, nothing, `_p`) and the revision, which is 0 when absent.
 */
import { compareDigits, compareLists, compareText } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface Suffix {
  readonly rank: number
  readonly number: string
}

interface GentooVersion {
  readonly first: string
  readonly numbers: readonly string[]
  readonly letter: string
  readonly suffixes: readonly Suffix[]
  readonly revision: string
}

/** In ascending order; the empty one is the end of the list of suffixes. */
const suffixes = ['alpha', 'beta', 'pre', 'rc', '', 'p']
const end: Suffix = { rank: suffixes.indexOf(''), number: '0' }
const grammar =
  /^(?<first>[0-9]+)(?<numbers>(?:\.[0-9]+)*)(?<letter>[a-z]?)(?<suffixes>(?:_(?:alpha|beta|pre|rc|p)[0-9]*)*)(?:-r(?<revision>[0-9]+))?$/

export const gentooScheme = versionScheme<GentooVersion>({
  name: 'Gentoo PMS §3.3',
  kind: 'a Gentoo version',
  read: (text, refuse) => {
    const groups = grammar.exec(text)?.groups
    if (groups === undefined) {
      return refuse('it is not numbers joined by points, then a letter, suffixes such as "_rc1", and "-r1"')
    }
    const found = Array.from((groups['suffixes'] ?? '').matchAll(/_([a-z]+)([0-9]*)/g), ([, suffix = '', number]) => ({
      rank: suffixes.indexOf(suffix),
      number: number || '0',
    }))
    return {
      first: groups['first'] ?? '0',
      numbers: (groups['numbers'] ?? '').split('.').slice(1),
      letter: groups['letter'] ?? '',
      suffixes: [...found, end],
      revision: groups['revision'] ?? '0',
    }
  },
  compare: (a, b) =>
    compareDigits(a.first, b.first) ||
    compareLists(a.numbers, b.numbers, compareLaterNumbers) ||
    compareText(a.letter, b.letter) ||
    compareLists(a.suffixes, b.suffixes, (x, y) => x.rank - y.rank || compareDigits(x.number, y.number)) ||
    compareDigits(a.revision, b.revision),
})

function compareLaterNumbers(a: string, b: string): number {
  return a.startsWith('0') || b.startsWith('0')
    ? compareText(a.replace(/(?<!0)0+$|^0+$/, ''), b.replace(/(?<!0)0+$|^0+$/, ''))
    : compareDigits(a, b)
}
