import { evidenceLimit, type Rest } from './candidates.ts'
import { type Cite, type CitedAs, citedAs } from './finding.ts'
import { compareLatest } from './order.ts'

/** A statement as it is cited: where it stands and what as, without what may change about it. */
export function cite({ ref: { origin, index, id, kind }, as }: Rest): Cite {
  return { origin, index, id, kind, as }
}

/** Puts a statement where it belongs in a short list, latest first, unless it is there or too late. */
function keepLatest(list: Rest[], rest: Rest): void {
  let position = list.length
  while (position > 0) {
    const before = list[position - 1]
    const order = before === undefined ? 1 : compareLatest(rest.ref, before.ref)
    if (order === 0) return
    if (order > 0) break
    position -= 1
  }
  if (position === evidenceLimit) return
  list.splice(position, 0, rest)
  if (list.length > evidenceLimit) list.pop()
}

/**
 * What a finding cites: each statement once per sort, sorts in their fixed order, the latest first,
 * and of each sort no more than the limit. A count over an unbounded set would make a finding's
 * cost grow with the log.
 */
export function boundedCites(rests: readonly Rest[]): readonly Cite[] {
  const kept = new Map<CitedAs, Rest[]>()
  for (const rest of rests) {
    const list = kept.get(rest.as)
    if (list === undefined) kept.set(rest.as, [rest])
    else keepLatest(list, rest)
  }
  return citedAs.flatMap((as) => (kept.get(as) ?? []).map(cite))
}
