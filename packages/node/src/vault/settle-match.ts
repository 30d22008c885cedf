/** What a judgement makes of a match that may have been there: its past, and whether it is news. */
import { alertOf } from '@comity/exposure'
import type { Judgement } from './judge-match.ts'
import type { MatchStanding, MatchWhy } from './match.ts'
import { alertingOf, type MatchRecord, type Occasion } from './match-record.ts'
import { type KeptMatch, matchOf, type MatchSubject, type MatchTable } from './match-table.ts'
import type { Partition } from './partition.ts'

/** A match as it was, and what is found of it now. */
export interface Settlement {
  readonly partition: Partition
  readonly subject: MatchSubject
  readonly before: KeptMatch | undefined
  readonly judgement: Judgement
  /** URNs of the advisories that it rests on; as before where nothing is given. */
  readonly subs?: readonly string[]
}

/**
 * Writes where a match stands now, and returns its identifier. What stands as it stood is no change of the match, though
 * what it is cited with, its place in the inventory or its weight may be another.
 */
export function settleMatch(table: MatchTable, settlement: Settlement, occasion: Occasion): Uint8Array {
  const { partition, subject, before, judgement, subs } = settlement
  const { inventory, component } = subject
  const { at, cause, tick } = occasion
  const match = before?.match ?? matchOf(partition, subject, tick)
  const { state, by, why, statement, ...rest } = judgement
  const was = before?.record
  const isBack = was?.standing.why.reason === 'not-present' && why.reason !== 'not-present'
  const head = { ...rest, component, began: was === undefined || isBack ? tick : was.began }
  if (before !== undefined && was !== undefined && isSame(was, judgement)) {
    const record: MatchRecord = { ...head, standing: was.standing, ...alertedAt(was.alertedAt) }
    if (JSON.stringify(record) === JSON.stringify(was)) return match
    table.update(partition, { match, changed: before.changed, record })
    table.cite(partition, match, subs)
    return match
  }
  const { alert: isAlert, reason: news } = alertOf(was && alertingOf(was), { state, ...rest })
  // Nobody is told of what he has just said himself.
  const alert = isAlert && cause !== 'answer'
  const said = statement === undefined ? {} : { statement }
  const standing: MatchStanding = { state, by, why, since: at, cause, ...said, alert, news }
  const record: MatchRecord = { ...head, standing, ...alertedAt(alert ? at : was?.alertedAt) }
  if (before === undefined) table.insert(partition, { match, inventory, changed: tick, record }, subject)
  else {
    table.addPast(partition, before, before.record.standing)
    table.update(partition, { match, changed: tick, record })
  }
  table.cite(partition, match, subs)
  if (alert) table.alerts.put(partition, { match, inventory, tick }, { reason: news, cause, at })
  return match
}

/**
 * The vulnerability of a match is called otherwise now, or is several: the match becomes that of the first, and where
 * there are others, or that one has its own, its past is theirs too.
 */
export function renameMatch(
  table: MatchTable,
  partition: Partition,
  { former, heirs, tick }: { former: KeptMatch; heirs: readonly MatchSubject[]; tick: number },
): void {
  const [first] = heirs
  const isFree = first !== undefined && table.find(partition, first) === undefined
  for (const heir of isFree ? heirs.slice(1) : heirs) {
    const known = table.find(partition, heir)
    const match = known?.match ?? matchOf(partition, heir, tick)
    table.inheritPast(partition, former, match)
    if (known === undefined) table.insert(partition, { ...former, match }, heir)
    else table.addPast(partition, { ...former, match }, former.record.standing)
  }
  if (isFree) table.moveTo(partition, former.match, first)
  else table.remove(former.match)
}

function alertedAt(at: number | undefined): Pick<MatchRecord, 'alertedAt'> {
  return at === undefined ? {} : { alertedAt: at }
}

function isSame({ standing, remediations, exploited }: MatchRecord, now: Judgement): boolean {
  return (
    standing.state === now.state &&
    standing.by === now.by &&
    exploited === now.exploited &&
    JSON.stringify(remediations) === JSON.stringify(now.remediations) &&
    JSON.stringify(unplaced(standing.why)) === JSON.stringify(unplaced(now.why))
  )
}

/** Where in the document it stands is no part of what it says. */
function unplaced(why: MatchWhy): unknown {
  return { ...why, pointer: undefined, notes: undefined }
}
