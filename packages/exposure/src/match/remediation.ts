/**
 * What of an advisory counts as the remediation for one product. A revision that leaves it as it was
 * raises no new alert for components of that product (CSAF 2.1, 9.1.17, "CSAF SBOM matching system"): a
 * corrected sentence, another score, a further reference are no news for somebody who has acted already.
 *
 * - OSV: the versions in which the package is mended, or which are the last affected ones.
 * - CSAF: the remediations for the product, with category, words, date, address and restart.
 * - OpenVEX and CycloneDX: what is to be done, in words.
 * - All but OSV: the versions that are fixed, and where the affected ranges end; CVE: where any range ends.
 *
 * A withdrawal is no change of remediation: it changes the state.
 */
import type { CsafRemediation } from '../csaf/csaf-advisory.ts'
import type { AffectedRange } from '../osv/advisory.ts'
import type { Coverage } from './coverage.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { Claim, Rule } from './rule.ts'

/** Of one package in OSV. */
export function remediationOfRanges(ranges: readonly AffectedRange[]): string {
  const ends = ranges.flatMap(({ type, events }) => {
    return events.flatMap(({ kind, version }) => (kind === 'introduced' ? [] : [[type, kind, version]]))
  })
  return fingerprintOf(inAnyOrder(ends))
}

/** Of one product in other formats: what is claimed of it, and what is to be done in the words of {@link wordsOf}. */
export function remediationOfClaims(claims: readonly Claim[], words: ReadonlySet<string>, isCve: boolean): string {
  const ends = claims.flatMap(({ state, covers }) => {
    if (state === 'fixed' || isCve) return [[state, endsOf(covers)]]
    return state === 'affected' ? [endsOf(covers)] : []
  })
  return fingerprintOf([inAnyOrder(ends), [...words].toSorted()])
}

/** Of everything that an advisory names. */
export function remediationOfRules(rules: readonly Rule[]): string {
  return fingerprintOf(inAnyOrder(rules.map(({ key, remediation }) => [key, remediation])))
}

/** A remediation of CSAF, in a form that is the same as long as it says the same. */
export function wordsOf({ category, details, date, url, restart }: CsafRemediation): string {
  return JSON.stringify([category, folded(details), date, url, restart])
}

export function folded(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** Where a coverage begins, nobody acts on. */
function endsOf(coverage: Coverage): unknown {
  switch (coverage.kind) {
    case 'constraints':
      return coverage.constraints.filter(({ comparator }) => !comparator.startsWith('>'))
    case 'span':
      return coverage.until
    default:
      return coverage
  }
}

/** The order in which a document has these means nothing. */
function inAnyOrder(values: readonly unknown[]): readonly string[] {
  return values.map((value) => JSON.stringify(value) ?? '').toSorted()
}
