/** Matching one component against one advisory. */
import type { Advisory } from '../osv/advisory.ts'
import { packageVersion } from '../purl/package-version.ts'
import { keyOf, type Component } from '../sbom/component.ts'
import { evaluateRule, type Outcome } from './evaluate-rule.ts'
import { rulesOf } from './rule.ts'

/** What matching needs to know of a component. */
export type Matchable = Pick<Component, 'purl' | 'version'>

const rank = { affected: 2, undetermined: 1, not_affected: 0 } as const

/**
 * Whether the advisory concerns the component, and why. Where several entries of the advisory name
 * the package, *affected* wins over *undetermined*, and that over *not affected*. Never throws.
 */
export function match(component: Matchable, advisory: Advisory): Outcome {
  const key = keyOf(component)
  const version = versionOf(component)
  if (key === undefined) {
    return unnamed(advisory, version, 'undetermined', 'no-purl', 'the component has no package URL')
  }
  let strongest: Outcome | undefined
  for (const rule of rulesOf(advisory)) {
    if (rule.key !== key) continue
    const outcome = evaluateRule(rule, version)
    if (strongest === undefined || rank[outcome.state] > rank[strongest.state]) strongest = outcome
  }
  return strongest ?? unnamed(advisory, version, 'not_affected', 'not-named', `${advisory.id} does not name ${key}`)
}

/** The version that rules are evaluated for: that of the package URL, else the one beside it. */
export function versionOf({ purl, version }: Matchable): string | undefined {
  return (purl === undefined ? undefined : packageVersion(purl)) ?? version
}

function unnamed(
  advisory: Advisory,
  version: string | undefined,
  state: Outcome['state'],
  reason: Outcome['why']['reason'],
  text: string,
): Outcome {
  return { state, why: { reason, advisory: advisory.id, package: undefined, version, text } }
}
