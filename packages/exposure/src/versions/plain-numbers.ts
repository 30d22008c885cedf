/**
 * Versions of which nobody says how they are ordered: `V4.5 HF1`, `2.1.0.4`, `R3.10-r2`. All that every
 * scheme known here agrees on is used, and nothing else:
 *
 *     V4.4 < V4.5 HF1, R9.2 < R10.1    the first numbers that differ decide, after the same letters
 *     4.5 < 4.5.1                      and a further number, unless it is 0
 *     4.5 ? 4.5.0                      equal for some and not for others: no order
 *     4.5 HF1 ? 4.5                    a patch for one, a pre-release for another: no order
 *     1:2.0                            an epoch comes before everything: not read
 */
import { compareDigits, withoutLeadingZeros } from './order.ts'
import { refuseOrder, versionScheme } from './version-scheme.ts'

interface PlainVersion {
  readonly text: string
  /** Letters before the first number; `v` is none. */
  readonly prefix: string
  readonly numbers: readonly string[]
  /** What follows the numbers, from the first other character on. */
  readonly rest: string
}

const grammar = /^(?<prefix>[a-z]{0,3})[._ -]?(?<numbers>[0-9]+(?:\.[0-9]+)*)(?<rest>(?:[^0-9:!].*)?)$/is

export const plainNumbersScheme = versionScheme<PlainVersion>({
  name: 'numbers joined by points',
  kind: 'a version that begins with numbers joined by points',
  read: (text, refuse) => {
    const groups = grammar.exec(text.trim())?.groups
    if (groups === undefined) return refuse('it begins with something else')
    const { prefix = '', numbers = '', rest = '' } = groups
    const letters = prefix.toLowerCase()
    return {
      text,
      prefix: letters === 'v' || letters === 'ver' ? '' : letters,
      numbers: numbers.split('.'),
      rest: rest.trim().toLowerCase(),
    }
  },
  compare: (a, b) => {
    if (a.prefix !== b.prefix) refuseOrder(a.text, b.text, 'they begin with other letters')
    const common = Math.min(a.numbers.length, b.numbers.length)
    for (let i = 0; i < common; i += 1) {
      const order = compareDigits(a.numbers[i] ?? '0', b.numbers[i] ?? '0')
      if (order !== 0) return order
    }
    if (a.numbers.length === b.numbers.length && a.rest === b.rest) return 0
    const shorter = a.numbers.length < b.numbers.length ? a : b
    const further = (shorter === a ? b : a).numbers.slice(common)
    const goesOn = further.some((number) => withoutLeadingZeros(number) !== '0')
    if (shorter.rest === '' && goesOn) return a.numbers.length - b.numbers.length
    return refuseOrder(a.text, b.text, 'they begin with the same numbers, and nobody says how the rest is ordered')
  },
})
