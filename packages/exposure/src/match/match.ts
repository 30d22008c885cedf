/** Matching one component against one advisory. */
import { disagrees, parseCpe } from '../cpe/cpe.ts'
import { quoted } from '../problem.ts'
import { evaluateRule } from './evaluate-rule.ts'
import { identifierKinds, identifiersOf, identifierWords, type IdentifierKind } from './identifiers.ts'
import type { KnownAdvisory } from './known-advisory.ts'
import { versionOf, type Matchable } from './matchable.ts'
import { isHarmless, type Outcome, strongerState } from './outcome.ts'
import { isStated, type Rule } from './rule.ts'
import type { Surroundings } from './surroundings.ts'

/** What of an advisory a match rests on. */
export type Matching = Pick<KnownAdvisory, 'document' | 'rules'>

/**
 * Whether the advisory concerns the component, and why. Never throws.
 *
 * Where several entries name the component, what may do harm prevails: *affected*, *under investigation*,
 * *undetermined*, *fixed*, *not affected*, in this order. One exception: what is known by a better identifier (package
 * URL before CPE before vendor and name) is not made *undetermined* by a worse one. Identifiers that disagree are noted.
 */
export function match(component: Matchable, advisory: Matching, around?: Surroundings): Outcome {
  const version = versionOf(component)
  const identifiers = new Map(identifiersOf(component).map((each) => [each.key, each.by]))
  const found: Found[] = []
  const remediations = new Set<string>()
  for (const rule of advisory.rules) {
    const by = identifiers.get(rule.key)
    if (by === undefined) continue
    found.push({ by, outcome: evaluateRule(rule, version, around) })
    remediations.add(rule.remediation ?? '')
  }
  const first = prevailing(found)
  if (first === undefined) return outcomeOfNone(advisory, version, new Set(identifiers.values()))
  const notes = [...notesOf(component), ...disagreements(first, found)]
  const why = { ...first.outcome.why, ...(first.by !== 'purl' && { by: first.by }) }
  const remediation = [...remediations].toSorted().join(' ')
  return { state: first.outcome.state, why: notes.length === 0 ? why : { ...why, notes }, remediation }
}

interface Found {
  readonly by: IdentifierKind
  readonly outcome: Outcome
}

function prevailing(found: readonly Found[]): Found | undefined {
  let best: Found | undefined
  for (const by of identifierKinds) {
    for (const each of found) {
      if (each.by !== by) continue
      const isBetter = best === undefined || strongerState(each.outcome.state, best.outcome.state) < 0
      const isWeaker = best !== undefined && best.by !== by && each.outcome.state === 'undetermined'
      if (isBetter && !isWeaker) best = each
    }
  }
  return best
}

/** What another identifier of the component leads to, where that is the contrary. */
function disagreements(first: Found, found: readonly Found[]): readonly string[] {
  const { by, outcome } = first
  return found.flatMap((each) => {
    if (each.by === by || each.outcome.state === 'undetermined' || outcome.state === 'undetermined') return []
    if (isHarmless(each.outcome.state) === isHarmless(outcome.state)) return []
    const state = each.outcome.state.replaceAll('_', ' ')
    return [`by its ${identifierWords[each.by]} it is ${state}: ${each.outcome.why.text}`]
  })
}

/** What a component says against itself; it may be another one than its identifiers say. */
export function notesOf(component: Matchable): readonly string[] {
  const version = versionOf(component)
  if (version === undefined) return []
  for (const text of component.cpes ?? []) {
    const cpe = parseCpe(text)
    if (cpe === undefined || !disagrees(cpe, version)) continue
    return [`its CPE has version ${quoted(cpe.version, 40)}; ${quoted(version, 40)} was looked at`]
  }
  return []
}

/** No rule lies under a key of the component. */
function outcomeOfNone(
  { document, rules }: Matching,
  version: string | undefined,
  kinds: ReadonlySet<IdentifierKind>,
): Outcome {
  const wanted = new Set(rules.map(identifierOf))
  const why = { advisory: document, package: undefined, version }
  if (wanted.size === 0 || [...wanted].some((by) => kinds.has(by))) {
    return { state: 'not_affected', why: { ...why, reason: 'not-named', text: `${document} does not name it` } }
  }
  const words = identifierKinds.filter((by) => wanted.has(by)).map((by) => identifierWords[by])
  const reason = wanted.size === 1 && wanted.has('purl') ? 'no-purl' : 'no-identifier'
  return { state: 'undetermined', why: { ...why, reason, text: `the component has no ${words.join(' and no ')}` } }
}

function identifierOf(rule: Rule): IdentifierKind {
  return isStated(rule) ? rule.by : 'purl'
}
