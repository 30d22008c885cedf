/** In which versions an advisory says that a vulnerability is mended. */
import { ExposureError } from '../exposure-error.ts'
import { isUnbounded, schemeOfRange } from '../osv/read-range.ts'
import { covers, type Coverage } from './coverage.ts'
import { isStated, type OsvRule, type Rule, type StatedRule } from './rule.ts'

/**
 * The versions to go to from this one, in the order of the advisory, each once: of OSV the first fixed version after it
 * in each range it is in, of the other formats what is said to be fixed and where the affected range with it ends. None
 * where the advisory names none. Never throws.
 */
export function fixesOf(rules: readonly Rule[], version: string): readonly string[] {
  return [...new Set(rules.flatMap((rule) => (isStated(rule) ? ofClaims(rule, version) : ofRanges(rule, version))))]
}

function ofRanges({ ranges, ecosystem }: OsvRule, version: string): readonly string[] {
  return ranges.flatMap(({ type, events }) => {
    const scheme = schemeOfRange(type, ecosystem)
    if (scheme === undefined) return []
    try {
      const place = scheme.placing(version)
      // They stand in ascending order.
      const next = events.find((event) => event.kind !== 'limit' && !isUnbounded(event) && place(event.version) < 0)
      return next?.kind === 'fixed' ? [next.version] : []
    } catch (error) {
      if (!(error instanceof ExposureError)) throw error
      return []
    }
  })
}

function ofClaims({ claims }: StatedRule, version: string): readonly string[] {
  return claims.flatMap(({ state, covers: coverage }) => {
    if (state === 'fixed') return firstOf(coverage)
    return state === 'affected' && covers(coverage, version).fits === true ? endOf(coverage) : []
  })
}

function firstOf(coverage: Coverage): readonly string[] {
  if (coverage.kind === 'version') return [coverage.version]
  if (coverage.kind !== 'constraints') return []
  return coverage.constraints.filter(({ comparator }) => comparator === '>=').map(({ version }) => version)
}

function endOf(coverage: Coverage): readonly string[] {
  if (coverage.kind === 'span') return coverage.until?.kind === 'before' ? [coverage.until.version] : []
  if (coverage.kind !== 'constraints' || coverage.constraints.length > 2) return []
  return coverage.constraints.filter(({ comparator }) => comparator === '<').map(({ version }) => version)
}
