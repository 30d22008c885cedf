/**
 * The rules of OpenVEX and CycloneDX VEX statements about one vulnerability. A statement about a part of a product is
 * claimed of the part, inside the product; and when the part does harm, of the product as well.
 */
import type { VexComponent, VexProduct, VexStatement, VexVersion } from '../vex/vex-statement.ts'
import { ClaimBudget } from './claim-budget.ts'
import { CollectedRules, type RuleOfAll, type Said } from './collected-rules.ts'
import { orderOfType, plainNumbers } from './coverage.ts'
import { coverageOfVers, namedProducts, type NamedProduct } from './named-product.ts'
import { folded } from './remediation.ts'
import type { ClaimState, Condition } from './rule.ts'

/**
 * The rules. Of several statements about the same versions of the same thing only the latest counts (OpenVEX, "Updating
 * Statements"); those of one time stand beside each other.
 */
export function rulesOfVex(statements: readonly VexStatement[], head: RuleOfAll, budget: ClaimBudget): CollectedRules {
  // The claims that are compared, and then those that are kept.
  const compared = new ClaimBudget()
  const collected = new CollectedRules(head, budget)
  const latest = new Map<string, number>()
  const said = statements.flatMap((statement) => {
    const at = timeOf(statement)
    return statement.products.flatMap((product) => {
      compared.spend(sizeOf(product), statement.pointer)
      return spoken(statement, product).map((each) => ({ ...each, at }))
    })
  })
  for (const { place, at } of said) latest.set(place, Math.max(at, latest.get(place) ?? at))
  for (const { label, named, claim, place, at } of said) {
    if (at === latest.get(place)) collected.add(label, named, claim)
  }
  return collected
}

/** How many claims a product makes at most. */
function sizeOf({ purls, cpes, versions, subcomponents }: VexProduct): number {
  const parts = subcomponents.reduce((sum, part) => sum + part.purls.length + part.cpes.length, 0)
  return (purls.length + cpes.length) * Math.max(1, versions.length, subcomponents.length) + parts
}

interface Spoken {
  readonly label: string
  readonly named: readonly NamedProduct[]
  readonly claim: Said
  /** The same for what the same thing is said about. */
  readonly place: string
}

function spoken(statement: VexStatement, product: VexProduct): readonly Spoken[] {
  const { state, justification, impact, action, pointer } = statement
  const claim = {
    state,
    ...(justification !== undefined && { justifications: [justification] }),
    ...(impact !== undefined && { impact }),
    ...(action !== undefined && { action, words: [folded(action)] }),
    pointer,
  }
  const whole = namedOf(product)
  if (product.subcomponents.length === 0) {
    if (product.versions.length === 0) return [spokenOf(product, whole, claim, [])]
    return product.versions.map((version) => {
      const named = whole.map((each) => ({ ...each, covers: coverageOfVersion(version, each) }))
      return spokenOf(product, named, { ...claim, state: stateOfVersion(state, version) }, [])
    })
  }
  const inside: Condition = {
    label: labelOf(product),
    keys: whole.map(({ key }) => key),
    covers: whole[0]?.covers ?? { kind: 'all' },
  }
  const parts = product.subcomponents.map((part) => spokenOf(part, namedOf(part), claim, [inside]))
  return state === 'affected' || state === 'under_investigation'
    ? [...parts, spokenOf(product, whole, claim, [])]
    : parts
}

function spokenOf(
  component: VexComponent,
  named: readonly NamedProduct[],
  claim: Said,
  within: readonly Condition[],
): Spoken {
  const place = JSON.stringify([named.map(({ key, covers }) => [key, covers]), within, component.id])
  return { label: labelOf(component), named, claim: { ...claim, within }, place }
}

function namedOf({ purls, cpes, version }: VexComponent): readonly NamedProduct[] {
  const stated = version === undefined ? undefined : ({ kind: 'version', version, text: version } as const)
  return namedProducts({ purls, cpes, version: stated })
}

function coverageOfVersion({ version, range }: VexVersion, { key, covers }: NamedProduct): NamedProduct['covers'] {
  if (range !== undefined) return coverageOfVers(range)
  if (version === undefined) return covers
  const type = /^pkg:(?<type>[^/]+)\//.exec(key)?.groups?.['type']
  return { kind: 'version', version, order: type === undefined ? plainNumbers : orderOfType(type) }
}

/** CycloneDX: the state of the analysis for the versions that are affected by what is analysed, less what contradicts it. */
function stateOfVersion(state: VexStatement['state'], { state: of }: VexVersion): ClaimState {
  if (of === 'unknown') return 'unknown'
  if (of === 'not_affected') return state === 'fixed' ? 'fixed' : 'not_affected'
  if (state === 'not_affected') return 'contradicted'
  return state === 'fixed' ? 'affected' : state
}

/** Milliseconds; a statement without a time, or with one that is none, is the oldest. */
function timeOf({ issuedAt, updatedAt }: VexStatement): number {
  const at = Date.parse(updatedAt ?? issuedAt ?? '')
  return Number.isNaN(at) ? 0 : at
}

function labelOf({ name, id, purls, cpes }: VexComponent): string {
  return name ?? id ?? purls[0] ?? cpes[0] ?? 'a product without a name'
}
