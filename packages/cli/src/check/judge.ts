/** Every component of an inventory against every advisory that was read: one match for each vulnerability of each. */
import {
  type Aliases,
  comparePriority,
  type Component,
  exploitedByCve,
  type SourceWord,
  fixesOf,
  foldAliases,
  formatPurl,
  type KevEntry,
  keysOfComponent,
  type Knowledge,
  type KnownAdvisory,
  labelOf,
  match,
  type MatchState,
  matchStates,
  type Priority,
  priorityOf,
  severityReader,
  standingOf,
  type Standing,
  type Surroundings,
  surroundingsOf,
  versionOf,
} from '@comity/exposure'
import type { Judged } from './policy.ts'

/** What is found about one component, however often the inventory lists it, and one vulnerability. */
export interface CheckedMatch extends Judged {
  readonly vulnerability: string
  /** All its names. */
  readonly names: readonly string[]
  readonly state: MatchState
  readonly component: Component
  /** How often the inventory lists it. */
  readonly occurrences: number
  readonly standing: Standing
  readonly priority: Priority
}

export interface Evidence {
  readonly advisories: readonly KnownAdvisory[]
  /** Those that the one who checks believes to speak for suppliers. */
  readonly ofSuppliers: ReadonlySet<unknown>
  readonly exploited: readonly KevEntry[]
}

/** The same package in the same version, once. */
interface Group {
  readonly component: Component
  readonly keys: readonly string[]
  occurrences: number
}

/** The keys under which anything of an inventory can be found. */
export function keysOf(components: readonly Component[]): ReadonlySet<string> {
  return new Set(components.flatMap(keysOfComponent))
}

/** All matches, what is to be looked at first at the head; also those that are not affected. */
export async function judge(components: readonly Component[], evidence: Evidence): Promise<readonly CheckedMatch[]> {
  const around = surroundingsOf(components)
  const aliases = foldAliases(evidence.advisories)
  const knowledge = { readSeverity: await severityReader(), exploited: exploitedByCve(evidence.exploited) }
  const byKey = byRuleKey(evidence.advisories)
  const matches = groupsOf(components).flatMap((group) =>
    ofGroup(group, byKey, { evidence, around, aliases, knowledge }),
  )
  return matches.toSorted(
    (a, b) =>
      matchStates.indexOf(a.state) - matchStates.indexOf(b.state) ||
      comparePriority(a.priority, b.priority) ||
      compare(labelOf(a.component), labelOf(b.component)),
  )
}

interface Surrounding {
  readonly evidence: Evidence
  readonly around: Surroundings
  readonly aliases: Aliases
  readonly knowledge: Knowledge
}

function ofGroup(group: Group, byKey: ReadonlyMap<string, readonly KnownAdvisory[]>, all: Surrounding): CheckedMatch[] {
  const { component } = group
  const advisories = new Set(group.keys.flatMap((key) => byKey.get(key) ?? []))
  const found = new Map<string, { advisory: KnownAdvisory; outcome: SourceWord['outcome'] }[]>()
  for (const advisory of advisories) {
    const finding = { advisory, outcome: match(component, advisory, all.around) }
    for (const id of all.aliases.vulnerabilitiesOf(advisory.id)) {
      const known = found.get(id)
      if (known === undefined) found.set(id, [finding])
      else known.push(finding)
    }
  }
  return Array.from(found, ([id, findings]) => checked(group, id, findings, all)).filter((each) => each !== undefined)
}

function checked(
  { component, keys, occurrences }: Group,
  id: string,
  findings: readonly { readonly advisory: KnownAdvisory; readonly outcome: SourceWord['outcome'] }[],
  { evidence, aliases, knowledge }: Surrounding,
): CheckedMatch | undefined {
  const standing = standingOf(findings, {
    vulnerability: id,
    isSupplier: ({ advisory }) => evidence.ofSuppliers.has(advisory),
  })
  if (standing === undefined) return undefined
  const advisories = findings.map(({ advisory }) => advisory)
  const rules = advisories.flatMap((each) => each.rules.filter(({ key }) => keys.includes(key)))
  const fixes = fixesOf(rules, versionOf(component) ?? '')
  const names = namesOf(id, advisories, aliases)
  const priority = priorityOf({ id, names, advisories, path: component.path, fixes }, knowledge)
  const severity = priority.facts.find((each) => each.fact === 'severity' && each.severity.known)
  const known = severity?.fact === 'severity' && severity.severity.known ? severity.severity : undefined
  return {
    vulnerability: id,
    names,
    state: standing.deciding.outcome.state,
    component,
    occurrences,
    standing,
    priority,
    fixes,
    isExploited: priority.facts.some(({ fact }) => fact === 'exploited'),
    ...(known !== undefined && { rating: known.rating }),
  }
}

function namesOf(id: string, advisories: readonly KnownAdvisory[], aliases: Aliases): readonly string[] {
  const own = advisories.flatMap((each) => [each.id, ...each.aliases])
  return [...new Set([id, ...own.filter((name) => aliases.vulnerabilitiesOf(name).includes(id))])]
}

function byRuleKey(advisories: readonly KnownAdvisory[]): ReadonlyMap<string, readonly KnownAdvisory[]> {
  const found = new Map<string, KnownAdvisory[]>()
  for (const advisory of advisories) {
    for (const key of new Set(advisory.rules.map((rule) => rule.key))) {
      const known = found.get(key)
      if (known === undefined) found.set(key, [advisory])
      else known.push(advisory)
    }
  }
  return found
}

/** Of the same component several times the one that stands nearest to the root is shown. */
function groupsOf(components: readonly Component[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const component of components) {
    const identity = identityOf(component)
    const known = groups.get(identity)
    const occurrences = (known?.occurrences ?? 0) + 1
    const isNearer =
      known === undefined || (component.path.length > 0 && component.path.length < known.component.path.length)
    if (isNearer) groups.set(identity, { component, keys: keysOfComponent(component), occurrences })
    else known.occurrences = occurrences
  }
  return [...groups.values()]
}

function identityOf({ purl, name, vendor, group, version, cpes }: Component): string {
  return JSON.stringify([purl === undefined ? undefined : formatPurl(purl), group, name, vendor, version, cpes])
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
