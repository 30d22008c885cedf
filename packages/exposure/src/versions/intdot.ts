/**
 * `intdot` of the VERS specification, https://www.packageurl.org/docs/vers/: numbers joined by points,
 * without regard to leading zeros; what follows the first other character is not looked at.
 */
import { compareDigits, compareLists } from './order.ts'
import { versionScheme } from './version-scheme.ts'

export const intdotScheme = versionScheme<readonly string[]>({
  name: 'intdot of VERS',
  kind: 'a version of numbers and points',
  read: (text, refuse) => {
    const numbers = /^[0-9]+(?:\.[0-9]+)*/.exec(text)?.[0]
    return numbers === undefined ? refuse('it does not begin with a number') : numbers.split('.')
  },
  compare: (a, b) => compareLists(a, b, compareDigits),
})
