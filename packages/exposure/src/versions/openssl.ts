/**
 * OpenSSL: "Versioning Policy", https://openssl-library.org/policies/general/versioning-policy/
 *
 *   1.1.1w        1.0.2zk        1.1.1-pre4        3.0.0-alpha2
 *
 * Until 1.1.1 letters count the fixes of a release: none, then `a` to `z`, then `za`. Since 3.0 there
 * are three numbers. Alphas come before betas, and `pre`, which one series used alone, before the
 * release.
 */
import { compareDigits, compareLists, compareText } from './order.ts'
import { versionScheme } from './version-scheme.ts'

interface OpenSslVersion {
  readonly numbers: readonly string[]
  readonly letters: string
  readonly stage: number
  readonly stageNumber: string
}

/** In ascending order; the empty one is the release. */
const stages = ['alpha', 'beta', 'pre', '']
const grammar =
  /^(?<numbers>[0-9]+\.[0-9]+\.[0-9]+)(?<letters>[a-z]*)(?:-(?<stage>alpha|beta|pre)(?<stageNumber>[0-9]*))?$/

export const opensslScheme = versionScheme<OpenSslVersion>({
  name: 'OpenSSL versioning policy',
  kind: 'an OpenSSL version',
  read: (text, refuse) => {
    const groups = grammar.exec(text)?.groups
    if (groups === undefined) {
      return refuse('it is not three numbers joined by points, then letters, then "-alpha", "-beta" or "-pre"')
    }
    return {
      numbers: (groups['numbers'] ?? '').split('.'),
      letters: groups['letters'] ?? '',
      stage: stages.indexOf(groups['stage'] ?? ''),
      stageNumber: groups['stageNumber'] || '0',
    }
  },
  compare: (a, b) =>
    compareLists(a.numbers, b.numbers, compareDigits) ||
    compareText(a.letters, b.letters) ||
    a.stage - b.stage ||
    compareDigits(a.stageNumber, b.stageNumber),
})
