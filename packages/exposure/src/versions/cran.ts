/**
 * CRAN: package_version() of R,
 * https://stat.ethz.ch/R-manual/R-devel/library/base/html/numeric_version.html
 *
 *   1.2-3  →  1 2 3
 *
 * At least two numbers, joined by `.` or `-`, which mean the same. Number by number, and `1.0` before
 * `1.0.0`.
 */
import { compareDigits, compareLists } from './order.ts'
import { versionScheme } from './version-scheme.ts'

export const cranScheme = versionScheme<readonly string[]>({
  name: "R's package_version()",
  kind: 'an R package version',
  read: (text, refuse) =>
    /^[0-9]+(?:[.-][0-9]+)+$/.test(text)
      ? text.split(/[.-]/)
      : refuse('it is not two or more numbers joined by "." or "-"'),
  compare: (a, b) => compareLists(a, b, compareDigits),
})
