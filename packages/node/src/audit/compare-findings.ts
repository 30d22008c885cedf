/** Published findings beside those that were computed again: whose differ, and under which provision. */
import { type Finding, type PartyFindings, findingsRoot, findingsLeaf, partyFindingsBytes } from '@comity/assessment'
import { api } from '@comity/contract'
import { treeHasher } from '@comity/crypto'
import { StatementError, parseIJson } from '@comity/statement'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** A finding that was published other than it is computed; undefined where there is none: the party is not bound. */
export interface DifferingFinding {
  readonly party: string
  readonly provision: Finding['provision']
  readonly computed: Finding | undefined
  readonly published: Finding | undefined
}

const document = Compile(Type.Array(api.partyFindings))

/** Citations that are named in words; the rest are counted. */
const citesNamed = 4

/**
 * The findings that a published document holds; undefined where it is not the one that `digest` was taken over, for then
 * it says nothing about what was published.
 */
export function readPublished(bytes: Uint8Array, digest: string): readonly PartyFindings[] | undefined {
  let value: unknown
  try {
    value = parseIJson(bytes)
  } catch (error) {
    if (error instanceof StatementError) return undefined
    throw error
  }
  if (!document.Check(value)) return undefined
  // Safe: the schema is that of PartyFindings, member by member.
  const parties = value as readonly PartyFindings[]
  const isOrdered = parties.every(({ party }, i) => i === 0 || (parties[i - 1]?.party ?? '') < party)
  const root = findingsRoot(
    parties.map((each) => findingsLeaf(each, treeHasher)),
    treeHasher,
  )
  return isOrdered && root === digest ? parties : undefined
}

/** Goes through both in the order of parties; holds the computed findings of one party at a time. */
export function* differingFindings(
  computed: Iterable<PartyFindings>,
  published: readonly PartyFindings[],
): Generator<DifferingFinding> {
  let next = 0
  for (const { party, findings } of computed) {
    for (; (published[next]?.party ?? party) < party; next++) yield* ofParty(published[next], [])
    const theirs = published[next]?.party === party ? published[next++]?.findings : []
    yield* ofParty({ party, findings: theirs ?? [] }, findings)
  }
  for (; next < published.length; next++) yield* ofParty(published[next], [])
}

function* ofParty(published: PartyFindings | undefined, computed: readonly Finding[]): Generator<DifferingFinding> {
  if (published === undefined) return
  const { party, findings } = published
  for (const provision of new Set([...computed, ...findings].map((each) => each.provision))) {
    const named = (each: Finding): boolean => each.provision === provision
    const pair = { computed: computed.find(named), published: findings.find(named) }
    if (formOf(party, pair.computed) !== formOf(party, pair.published)) yield { party, provision, ...pair }
  }
}

/** Two findings are the same when the bytes are the same. */
function formOf(party: string, finding: Finding | undefined): string {
  return Buffer.from(partyFindingsBytes({ party, findings: finding === undefined ? [] : [finding] })).toString()
}

/** `declared, contested; rests on policy at entry 10`; entries of another log than `own` with its origin. */
export function findingWords(finding: Finding | undefined, own?: string): string {
  if (finding === undefined) return 'not bound'
  const { level, cases, flags, cites } = finding
  const onRecord = [...(level === undefined ? [] : [level]), ...(cases === undefined ? [] : [casesWords(cases)])]
  const from = (origin: string): string => (own === undefined || origin === own ? '' : ` of ${origin}`)
  const named = cites.slice(0, citesNamed).map(({ as, index, origin }) => `${as} at entry ${index}${from(origin)}`)
  const more = cites.length > citesNamed ? [`${cites.length - citesNamed} more`] : []
  const rests = named.length === 0 ? '' : `; rests on ${[...named, ...more].join(', ')}`
  return [...onRecord, ...flags].join(', ') + rests
}

/** Which cases, and in what state: two findings may differ in nothing else. */
function casesWords(cases: NonNullable<Finding['cases']>): string {
  if (cases.length === 0) return 'no case on record'
  const named = cases.slice(0, citesNamed).map(({ urn, state, standing }) => `${urn} ${state} (${standing})`)
  const more = cases.length > citesNamed ? [`${cases.length - citesNamed} more`] : []
  return `cases on record: ${[...named, ...more].join(', ')}`
}
