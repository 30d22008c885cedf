/**
 * What a depositary tells of: everything that was said about adherence to an instrument, in all logs together, the newest
 * first. Adherence is a case of its party's home log, so the moves of these cases are read backwards; what time alone
 * brings about, the entry into effect of a withdrawal, comes from the notices that set it.
 */
import type { Notification, NotificationsQuery } from '@comity/contract'
import { adherenceSlugs } from '@comity/procedures'
import { type AdherencePayload, type MovePayload, statementUrn } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { logOf, rangeOf } from '../../register/position.ts'
import { Sight } from '../../register/sight.ts'
import { badCursor, limitOf, type Page } from './page.ts'
import { jsonOf, placeOf, type Row } from './rows.ts'
import { merged } from '../../register/merged.ts'

/** Rows that are looked at for one page: where other cases have many moves, a page can be short and have a next one. */
const scannedAtMost = 5000
const readAtOnce = 256

/** Where something stands in the order of notifications. */
interface Moment {
  readonly at: number
  /** Position at which its statement took effect. */
  readonly effective: number
  /** What time has brought about comes after the statement that set it. */
  readonly isEffect: boolean
}

interface Found extends Moment {
  /** Undefined for a move of another case, which only counts as looked at. */
  readonly row?: Row
}

/** Notifications of an instrument up to a time, the newest first. */
export function listNotifications(
  database: Database,
  instrument: string,
  query: NotificationsQuery,
  now: number,
): Page<Notification> {
  const limit = limitOf(query)
  const before = cursorOf(query)
  const sight = new Sight(database)
  const streams = [
    ...sight.logs.map((log) => movesBackwards(database, instrument, log, sight, before)),
    effectsBackwards(database, instrument, sight, before, now),
  ]
  const items: Notification[] = []
  let scanned = 0
  let last: Moment | undefined
  for (const found of merged(streams, compare)) {
    if (items.length >= limit || scanned >= scannedAtMost) return { items, ...(last && { next: textOf(last) }) }
    scanned += 1
    last = found
    if (found.row !== undefined) items.push(notificationOf(database, found.row, found, instrument))
  }
  return { items }
}

/** When the last withdrawal took effect: nothing else changes without an entry. */
export function lastEffect(database: Database, now: number): number {
  const row = database.prepare('SELECT max(withdrawn_after) AS at FROM adherence WHERE withdrawn_after < ?').get(now)
  return Number(row?.['at'] ?? 0)
}

const cursorForm = /^([0-9]{1,16})\.([0-9]{1,16})\.([em])$/

function cursorOf({ cursor }: NotificationsQuery): Moment {
  if (cursor === undefined) return { at: Number.MAX_SAFE_INTEGER, effective: Number.MAX_SAFE_INTEGER, isEffect: true }
  const [, at, effective, sort] = cursorForm.exec(cursor) ?? []
  if (sort === undefined) throw badCursor()
  return { at: Number(at), effective: Number(effective), isEffect: sort === 'e' }
}

function textOf({ at, effective, isEffect }: Moment): string {
  return `${at}.${effective}.${isEffect ? 'e' : 'm'}`
}

/** Below zero where the first is the newer. */
function compare(one: Moment, other: Moment): number {
  return other.at - one.at || other.effective - one.effective || Number(other.isEffect) - Number(one.isEffect)
}

type Stream = Generator<Found, void, undefined>

const columns = `entry.id AS id, entry.position AS position, entry.at AS said_at, counted.at AS at, entry.kind AS kind,
  move.effective AS effective, move.name AS name, move.payload AS payload, move.case_file AS case_file,
  case_file.urn AS urn, case_file.procedure AS procedure, party.urn AS by, party.names AS names,
  (SELECT origin FROM log WHERE log.log = case_file.log) AS origin`

/** Moves of one log, the newest first: those of other cases without their row. */
function* movesBackwards(database: Database, instrument: string, log: number, sight: Sight, before: Moment): Stream {
  const { from } = rangeOf(log)
  const suffix = `:${adherenceSlugs}${instrument}`
  const read = database.prepare(
    `SELECT ${columns} FROM move
     JOIN case_file ON case_file.case_file = move.case_file
     JOIN entry ON entry.position = move.position
     JOIN entry counted ON counted.position = move.effective
     JOIN party ON party.party = move.party
     WHERE move.effective >= ? AND move.effective < ? ORDER BY move.effective DESC LIMIT ?`,
  )
  for (let upTo = Math.min(sight.endOf(log), afterAll(database, log, before.at)); ;) {
    const rows = read.all(from, upTo, readAtOnce)
    for (const row of rows) {
      const moment = { at: Number(row['at']), effective: Number(row['effective']), isEffect: false }
      upTo = moment.effective
      if (compare(moment, before) <= 0) continue
      const isAsked = String(row['urn']).endsWith(suffix) && String(row['procedure']).startsWith('adherence/')
      yield isAsked && countsAtHome(sight, row) ? { ...moment, row } : moment
    }
    if (rows.length < readAtOnce) return
  }
}

/** Whether the party whose adherence it is was at home in that log: elsewhere nothing is kept of it. */
function countsAtHome(sight: Sight, row: Row): boolean {
  const since = Number(row['kind'] === 'move' ? row['case_file'] : row['effective'])
  return sight.counts(partyIn(row), since)
}

function partyIn(row: Row): string {
  return `urn:comity:party:${String(row['urn']).split(':')[3] ?? ''}`
}

/** Position behind everything that a log had up to a time. */
function afterAll(database: Database, log: number, at: number): number {
  const row = database
    .prepare('SELECT position FROM batch WHERE log = ? AND at <= ? ORDER BY at DESC, position DESC LIMIT 1')
    .get(log, at)
  return row === undefined ? rangeOf(log).from : Number(row['position']) + 1
}

/** Withdrawals that took effect, the last first: notices that nothing replaced before the day that they said. */
function* effectsBackwards(database: Database, instrument: string, sight: Sight, before: Moment, now: number): Stream {
  const read = database.prepare(
    `SELECT ${columns}, adherence.withdrawn_after AS ended,
       (SELECT min(next.effective) FROM adherence next WHERE next.party = adherence.party
          AND next.instrument = adherence.instrument AND next.effective > adherence.effective) AS replaced
     FROM adherence
     JOIN move ON move.effective = adherence.effective
     JOIN case_file ON case_file.case_file = move.case_file
     JOIN entry ON entry.position = move.position
     JOIN entry counted ON counted.position = move.effective
     JOIN party ON party.party = move.party
     WHERE adherence.withdrawn_after <= ? AND adherence.instrument = ?
     ORDER BY adherence.withdrawn_after DESC, adherence.effective DESC`,
  )
  const found: Found[] = []
  // A party is bound up to and including the second that it said.
  for (const row of read.all(Math.min(now - 1, before.at), instrument)) {
    const effective = Number(row['effective'])
    if (effective >= sight.endAt(effective) || !countsAtHome(sight, row)) continue
    // One that set a day in the past took effect when it was said.
    const moment = { at: Math.max(Number(row['ended']), Number(row['at'])), effective, isEffect: true }
    const replaced = row['replaced'] === null ? undefined : timeOf(database, Number(row['replaced']))
    if (replaced !== undefined && replaced <= moment.at) continue
    if (compare(moment, before) > 0) found.push({ ...moment, row })
  }
  yield* found.toSorted(compare)
}

function timeOf(database: Database, position: number): number {
  return Number(database.prepare('SELECT at FROM entry WHERE position = ?').get(position)?.['at'])
}

type Act = Notification['acts'][number]

function notificationOf(database: Database, row: Row, { at, isEffect }: Moment, instrument: string): Notification {
  const urn = String(row['urn'])
  const statement = placeOf({ ...row, at: row['said_at'] })
  const of = partyIn(row)
  const by = { party: String(row['by']), names: jsonOf<Notification['by']['names']>(row['names']) }
  const subject = by.party === of ? by : { party: of, names: namesOf(database, of, row) }
  const acts = isEffect ? [{ act: 'withdrawal-in-effect' as const }] : actsOf(database, row)
  const version = row['kind'] === 'move' ? undefined : jsonOf<AdherencePayload>(row['payload']).version
  return {
    id: isEffect ? `${statementUrn(statement.id)}#effect` : statementUrn(statement.id),
    at,
    title: titleOf(acts, by.names, subject.names, instrument),
    by,
    of: subject,
    acts,
    ...(version === undefined ? {} : { version }),
    case: urn,
    statement,
    links: {
      statement: `/api/v1/statements/${statement.id}?origin=${encodeURIComponent(statement.origin)}`,
      case: `/api/v1/cases/${encodeURIComponent(urn)}`,
      party: `/api/v1/parties/${encodeURIComponent(of)}`,
    },
  }
}

/** The names of the party whose adherence it is, as the log of the case has them. */
function namesOf(database: Database, urn: string, row: Row): Notification['by']['names'] {
  const { from, to } = rangeOf(logOf(Number(row['case_file'])))
  const found = database
    .prepare('SELECT names FROM party WHERE urn = ? AND party >= ? AND party < ?')
    .get(urn, from, to)
  return found === undefined ? [] : jsonOf(found['names'])
}

function actsOf(database: Database, row: Row): Act[] {
  return row['kind'] === 'move' ? actsOfMove(row) : actsOfDeclaration(database, row)
}

const actOfMove: Readonly<Record<string, Act['act']>> = {
  object: 'objection',
  'withdraw-objection': 'objection-withdrawn',
  comment: 'comment',
  circulate: 'circulation',
  reply: 'reply',
}

function actsOfMove(row: Row): Act[] {
  const act = actOfMove[String(row['name'])] ?? 'comment'
  const { body } = jsonOf<MovePayload>(row['payload'])
  const { provisions, text } = body as { readonly provisions?: readonly string[]; readonly text?: string } // it was judged
  const said = text === undefined ? {} : { text }
  return provisions === undefined ? [{ act, ...said }] : provisions.map((provision) => ({ act, provision, ...said }))
}

function actsOfDeclaration(database: Database, row: Row): Act[] {
  const { declarations = [], reservations = [], withdrawal } = jsonOf<AdherencePayload>(row['payload'])
  const form = row['kind'] === 'support' ? ('support' as const) : ('adherence' as const)
  const name = String(row['name'])
  const isFirst = name === 'declare' || name === 'support' || name === 'declare-until'
  const before = isFirst ? undefined : declarationBefore(database, row)
  const kept = new Set(reservations.map(({ provision }) => provision))
  const withdrawn = (before?.reservations ?? []).filter(({ provision }) => !kept.has(provision))
  return [
    { act: isFirst ? form : name === 'take-back-notice' ? 'notice-taken-back' : 'declared-anew' },
    ...declarations.map((each): Act => ({ act: 'declaration', ...each })),
    ...reservations.map((each): Act => ({ act: 'reservation', ...each })),
    ...withdrawn.map(({ provision }): Act => ({ act: 'reservation-withdrawn', provision })),
    ...(withdrawal === undefined
      ? []
      : [{ act: 'notice-of-withdrawal' as const, at: Date.parse(withdrawal.after) / 1000 }]),
  ]
}

/** What the same party had declared before, in the same case. */
function declarationBefore(database: Database, row: Row): AdherencePayload | undefined {
  const before = database
    .prepare(
      `SELECT payload FROM adherence WHERE effective < ? AND effective >= (SELECT case_file FROM move WHERE effective = ?)
       AND party = (SELECT party FROM move WHERE effective = ?) AND instrument = ? ORDER BY effective DESC LIMIT 1`,
    )
    .get(row['effective'] as number, row['effective'] as number, row['effective'] as number, instrumentIn(row))
  return before === undefined ? undefined : jsonOf(before['payload'])
}

function instrumentIn(row: Row): string {
  const urn = String(row['urn'])
  return urn.slice(urn.lastIndexOf(adherenceSlugs) + adherenceSlugs.length)
}

const inWords: Readonly<Record<Act['act'], string>> = {
  adherence: 'adherence',
  support: 'support',
  'declared-anew': 'declared anew',
  declaration: 'declarations',
  reservation: 'reservations',
  'reservation-withdrawn': 'reservations withdrawn',
  'notice-of-withdrawal': 'notice of withdrawal',
  'notice-taken-back': 'notice taken back',
  'withdrawal-in-effect': 'withdrawal in effect',
  objection: 'objection',
  'objection-withdrawn': 'objection withdrawn',
  comment: 'comment',
  circulation: 'circulated by a depositary',
  reply: 'reply',
}

const instrumentNames: Readonly<Record<string, string>> = { code: 'the Code', gids: 'the Initiative' }

/** `Fictland: adherence to the Initiative, reservations`. */
function titleOf(
  acts: readonly Act[],
  by: Notification['by']['names'],
  of: Notification['by']['names'],
  instrument: string,
): string {
  const called = (names: Notification['by']['names']): string => names[0]?.text ?? 'A party'
  const [first = 'comment', ...rest] = [...new Set(acts.map(({ act }) => act))].map((act) => inWords[act])
  const about = called(by) === called(of) ? '' : ` (${called(of)})`
  const more = rest.length === 0 ? '' : `, ${rest.join(', ')}`
  return `${called(by)}: ${first}${about}, ${instrumentNames[instrument] ?? instrument}${more}`
}
