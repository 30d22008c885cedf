/**
 * The rules of a CVE record (CVE Record Format 5.0 to 5.2, `versions`): the status of every version is
 * that of the entry that matches it, and of the others `defaultStatus`.
 *
 *     { version: "1.2.3", status }                                    this version
 *     { version: "1.0", lessThan: "2.0", status, versionType }        from 1.0 to before 2.0
 *     { version: "0", lessThanOrEqual: "5.10.*", status, … }          from the first to the last 5.10
 *     { …, changes: [ { at: "1.5", status: "unaffected" } ] }         from 1.5 on, within the range, another
 */
import type { CveProduct, CveRecord, CveStatus, CveVersion } from '../cve/cve-record.ts'
import { ExposureError } from '../exposure-error.ts'
import { parsePurl } from '../purl/purl.ts'
import { purlKey } from '../purl/package-key.ts'
import { packageOf } from '../versions/ecosystems.ts'
import { schemeOfVersType } from '../versions/schemes.ts'
import type { ClaimBudget } from './claim-budget.ts'
import { CollectedRules } from './collected-rules.ts'
import { type Coverage, orderOfType, schemeOfOrder, type Until } from './coverage.ts'
import { ecosystemOfCollection } from './package-collections.ts'
import { namedProducts, openCondition, type NamedProduct } from './named-product.ts'
import type { ClaimState, Condition } from './rule.ts'

const stateOf: Readonly<Record<CveStatus, ClaimState>> = {
  affected: 'affected',
  unaffected: 'not_affected',
  unknown: 'unknown',
}

/** The rules of all containers; those of a rejected record are none. */
export function rulesOfCve(record: CveRecord, budget: ClaimBudget): CollectedRules {
  const head = { format: 'CVE', advisory: record.id, vulnerability: record.id, pointer: '/containers/cna' } as const
  const collected = new CollectedRules(head, budget)
  if (record.state === 'REJECTED') return collected
  for (const { affected } of record.containers) {
    const named = affected.map((product) => ({ product, found: namesOf(product) }))
    const versioned = new Set(
      named.filter(({ product }) => !isOfCommits(product)).flatMap(({ found }) => found.map(({ key }) => key)),
    )
    for (const { product, found } of named) {
      // Commits are passed over where the same product is given by versions too, and must not hide these.
      const names = isOfCommits(product) ? found.filter(({ key }) => !versioned.has(key)) : found
      // Without any key it is counted as such.
      if (found.length === 0 || names.length > 0) addProduct(collected, product, names)
    }
  }
  return collected
}

function addProduct(collected: CollectedRules, product: CveProduct, names: readonly NamedProduct[]): void {
  const { pointer, versions, defaultStatus } = product
  const scope = { pointer, otherwise: stateOf[defaultStatus] }
  const label = labelOf(product)
  const within = platformsOf(product)
  if (versions.length === 0 || names.length === 0) {
    collected.add(label, names, { state: scope.otherwise, pointer, within }, scope)
    return
  }
  for (const [index, version] of versions.entries()) {
    const at = `${pointer}/versions/${index}`
    for (const name of names) {
      for (const { state, covers } of stretchesOf(version, orderOf(version, name))) {
        collected.add(label, [{ ...name, covers }], { state, pointer: at, within }, scope)
      }
    }
  }
}

/** It is about these platforms only, and which one a component is for, no inventory says. */
function platformsOf({ platforms }: CveProduct): readonly Condition[] {
  const [first, ...more] = platforms
  if (first === undefined) return []
  return [openCondition(more.length === 0 ? first : `${first} or ${more.length} other platforms`)]
}

/** Under every key, best first. Versions of package URLs and CPEs say nothing here: `versions` does. */
function namesOf({ purl, cpes, vendor, product, packageName, collectionUrl }: CveProduct): readonly NamedProduct[] {
  const ecosystem = ecosystemOfCollection(collectionUrl)
  const listed = packageName === undefined || ecosystem === undefined ? undefined : packageOf(ecosystem, packageName)
  const purls = [purl === undefined ? [] : purlKey(parsePurl(purl)), listed === undefined ? [] : purlKey(listed)]
  return namedProducts({ purls: purls.flat(), cpes, vendor, product, version: { kind: 'all', text: '*' } })
}

function labelOf({ vendor, product, packageName, purl }: CveProduct): string {
  const name = product ?? packageName ?? purl ?? ''
  return vendor === undefined || vendor === 'n/a' ? name : `${vendor} ${name}`
}

function isOfCommits({ versions }: CveProduct): boolean {
  return versions.length > 0 && versions.every(({ versionType }) => versionType?.toLowerCase() === 'git')
}

/** The `versionType`s that the record format names and those in use, as types of `vers`. */
const orders: ReadonlyMap<string, string> = new Map([
  ['dpkg', 'deb'],
  ['python', 'pypi'],
  ['pep440', 'pypi'],
  ['rubygems', 'gem'],
])

/** How the versions of an entry are ordered under a key: as the entry says, else by the type of the package. */
function orderOf({ versionType }: CveVersion, { key }: NamedProduct): string {
  const stated = versionType?.toLowerCase()
  if (stated !== undefined) {
    const type = orders.get(stated) ?? stated
    if (schemeOfVersType.has(type)) return type
  }
  return orderOfType(/^pkg:(?<type>[^/]+)\//.exec(key)?.groups?.['type'])
}

interface Stretch {
  readonly state: ClaimState
  readonly covers: Coverage
}

/** One entry, cut where its status changes. */
function stretchesOf(entry: CveVersion, order: string): readonly Stretch[] {
  const { version, status, versionType, lessThan, lessThanOrEqual, changes } = entry
  const state = stateOf[status]
  if (versionType?.toLowerCase() === 'git') {
    return [{ state: changes.length > 0 ? 'unknown' : state, covers: { kind: 'commits', text: version } }]
  }
  if (lessThan === undefined && lessThanOrEqual === undefined) return [{ state, covers: oneVersion(version, order) }]
  const until = untilOf(lessThan, lessThanOrEqual)
  const from = isFirst(version) ? undefined : version
  const cuts = inOrder(changes, order)
  const bounds = [{ at: from, state }, ...cuts.map(({ at, status: to }) => ({ at, state: stateOf[to] }))]
  return bounds.map((bound, n): Stretch => {
    const next = bounds[n + 1]?.at
    const end: Until | undefined = next === undefined ? until : { kind: 'before', version: next }
    const span = { ...(bound.at !== undefined && { from: bound.at }), ...(end !== undefined && { until: end }) }
    return { state: bound.state, covers: { kind: 'span', ...span, order } }
  })
}

/** One version, or words in its place: records that were made from older ones have `n/a` and `unspecified`. */
function oneVersion(version: string, order: string): Coverage {
  if (version === '*') return { kind: 'all' }
  if (version.endsWith('.*')) {
    const prefix = version.slice(0, -2)
    return { kind: 'span', from: prefix, until: { kind: 'prefix', prefix }, order }
  }
  return /\d/.test(version) ? { kind: 'version', version, order } : { kind: 'words', text: version }
}

/** What stands for the first version: 0 by the format, and what older records had in place of nothing. */
function isFirst(version: string): boolean {
  return version === '0' || version === '*' || version === 'unspecified'
}

function untilOf(lessThan: string | undefined, lessThanOrEqual: string | undefined): Until | undefined {
  const end = lessThan ?? lessThanOrEqual
  if (end === undefined || end === '*') return undefined
  if (end.endsWith('.*')) return { kind: 'prefix', prefix: end.slice(0, -2) }
  return { kind: lessThan === undefined ? 'through' : 'before', version: end }
}

/** Changes in ascending order; those that cannot be ordered stay, and leave every version undetermined. */
function inOrder(changes: CveVersion['changes'], order: string): CveVersion['changes'] {
  const scheme = schemeOfOrder(order)
  if (scheme === undefined) return changes
  try {
    return changes.toSorted((a, b) => scheme.placing(a.at)(b.at))
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return changes
  }
}
