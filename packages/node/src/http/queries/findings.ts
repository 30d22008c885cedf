import type {
  Finding,
  FindingsQuery,
  FindingsResponse,
  PublishedFindingsQuery,
  PublishedFindingsResponse,
} from '@comity/contract'
import type { FindingsPayload } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { rangeOf } from '../../register/position.ts'
import { Sight } from '../../register/sight.ts'
import { badCursor, limitOf, numericCursor, type Page, pageOf } from './page.ts'
import { jsonOf, placeColumns, placeOf } from './rows.ts'

/** Only the node's own keeper publishes here; what others published stands in their logs. */
const { to: ownLogEnd } = rangeOf(0)

type PartyRow = FindingsResponse['items'][number]

/** Parties looked at for one page, so that a filter that nobody passes costs no more than one that all do. */
const lookedAt = 1000

/**
 * Findings of bound parties in the order of their URNs, which says nothing about anybody. A page may be short or empty
 * and still have a next one, when the filter passes few.
 */
export function listFindings(database: Database, query: FindingsQuery): Page<PartyRow> {
  const limit = limitOf(query)
  if (query.cursor !== undefined && !/^urn:comity:party:[0-9a-f]{64}$/.test(query.cursor)) throw badCursor()
  const rows = database
    .prepare('SELECT urn, document FROM finding WHERE urn > ? ORDER BY urn LIMIT ?')
    .all(query.cursor ?? '', lookedAt + 1)
  const sight = new Sight(database)
  const items: PartyRow[] = []
  let next: string | undefined
  for (const [position, row] of rows.entries()) {
    const urn = String(row['urn'])
    const findings = jsonOf<Finding[]>(row['document']).filter((each) => passes(each, query))
    if (findings.length > 0) items.push({ party: urn, names: [...(sight.stateOf(urn)?.names ?? [])], findings })
    const isFull = items.length === limit || position + 1 === lookedAt
    if (!isFull) continue
    if (position + 1 < rows.length) next = urn
    break
  }
  return next === undefined ? { items } : { items, next }
}

function passes(finding: Finding, { provision, level, flag }: FindingsQuery): boolean {
  return (
    (provision === undefined || finding.provision === provision) &&
    (level === undefined || finding.level === level) &&
    (flag === undefined || finding.flags.includes(flag))
  )
}

/** What was published under the keeper's signature, newest first. */
export function listPublished(database: Database, query: PublishedFindingsQuery): PublishedFindingsResponse {
  const limit = limitOf(query)
  const rows = database
    .prepare(
      `SELECT ${placeColumns}, kind_row.payload AS payload FROM published_findings kind_row
       JOIN entry ON entry.position = kind_row.position
       WHERE kind_row.effective < ? ORDER BY kind_row.effective DESC LIMIT ?`,
    )
    .all(Math.min(numericCursor(query, ownLogEnd), ownLogEnd), limit + 1)
  const page = pageOf(
    rows,
    limit,
    (row) => {
      const { cut, at, ruleset, trust, digest } = jsonOf<FindingsPayload>(row['payload'])
      return { ...placeOf(row), cut, at, ruleset, trust, digest }
    },
    (row) => String(row['effective']),
  )
  return { ...page, items: [...page.items] }
}

/** Whether a time leaf in the first `size` entries has this time. */
export function hasTime(database: Database, at: number, size: number): boolean {
  return (
    database.prepare('SELECT 1 FROM batch WHERE log = 0 AND at = ? AND position < ? LIMIT 1').get(at, size) !==
    undefined
  )
}
