/**
 * nginx: three numbers, https://nginx.org/en/CHANGES. An even second number is a stable branch, an odd
 * one the mainline; the order is that of the numbers.
 */
import { compareDigits, compareLists } from './order.ts'
import { versionScheme } from './version-scheme.ts'

export const nginxScheme = versionScheme<readonly string[]>({
  name: 'nginx',
  kind: 'an nginx version',
  read: (text, refuse) =>
    /^[0-9]+\.[0-9]+\.[0-9]+$/.test(text) ? text.split('.') : refuse('it is not three numbers joined by points'),
  compare: (a, b) => compareLists(a, b, compareDigits),
})
