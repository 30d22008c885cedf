/**
 * Hackage: Haskell Package Versioning Policy, https://pvp.haskell.org/, and the order of lists in
 * Data.Version: number by number, and `1.0` before `1.0.0`. Tags (`1.0-beta`) are no longer allowed.
 */
import { compareDigits, compareLists } from './order.ts'
import { versionScheme } from './version-scheme.ts'

export const hackageScheme = versionScheme<readonly string[]>({
  name: 'Haskell PVP',
  kind: 'a Hackage version',
  read: (text, refuse) =>
    /^[0-9]+(?:\.[0-9]+)*$/.test(text) ? text.split('.') : refuse('it is not numbers joined by points'),
  compare: (a, b) => compareLists(a, b, compareDigits),
})
