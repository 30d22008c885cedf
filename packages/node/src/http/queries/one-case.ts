/** One case with everything about it: who, how far, what is possible, which clocks, and what its seat did not take. */
import type { CaseClock, CaseResponse, RefusedMove } from '@comity/contract'
import { clocksOf, momentText, possibleMoves, recordsOf, timelineOf } from '@comity/procedures'
import { decodeStatement, readPayloadAs } from '@comity/statement'
import { crypto } from '../../crypto-port.ts'
import type { Database } from '../../register/database.ts'
import {
  type CaseRecord,
  type ClockRecord,
  clocksIn,
  filedFor,
  type FiledMove,
  type IdleMove,
  idleMoves,
  movesOf,
  readCase,
} from '../../register/cases.ts'
import { indexOf } from '../../register/position.ts'
import type { ComityNode } from '../../node.ts'
import { bondKindOf } from '../../judge/bond-kind.ts'
import { type CaseLook, lookAt, noticesIn, summaryOf } from './cases.ts'
import { clockView } from './clock-view.ts'
import { procedureView } from './procedures.ts'
import { pingIn } from './ping.ts'
import { reservationsIn } from './reservations.ts'
import { leafAt } from './statements.ts'

/** Moves that the history on a case's page has. */
const timelineMost = 500

/** Filed, refused and idle moves that a case's page shows, of each. */
const shownMost = 100

/** Undefined where no log that is seen is the seat of such a case. */
export function caseDetails(node: ComityNode, urn: string): CaseResponse | undefined {
  const at = node.now()
  const look = lookAt(node.reader, at)
  const { database, sight, names } = look
  const record = readCase(database, urn, sight, at)
  if (record === undefined) return undefined
  const { procedure, case: of, file } = record
  const clocks = clocksIn(database, record, sight, at)
  const moves = movesOf(database, file, sight, { newest: true, limit: timelineMost }).toReversed()
  const refused = of.seat === node.origin ? node.seat.refusalsOf(urn).slice(0, shownMost) : []
  const isRefused = new Set(refused.map(({ id }) => id))
  const reservations = reservationsIn(look, record)
  const ping = pingIn(look, record)
  return {
    ...summaryOf(look, record),
    place: { ...of.place },
    provisions: [...procedure.provisions],
    roles: Object.entries(procedure.roles).map(([role, { title }]) => ({
      role,
      title,
      parties: (of.roles[role] ?? []).map((party) => names.of(party)),
    })),
    records: recordsOf(procedure, of).map(({ provision, text }) => ({ provision, text })),
    facts: { ...of.facts },
    clocks: clockViews(record, clocks, at),
    ...(ping === undefined ? {} : { ping }),
    leaving: noticesIn(record).map(({ party, role, at: then }) => ({
      party: names.of(party),
      role,
      at: then,
      deadline: momentText(then, of.place),
    })),
    ...(reservations === undefined ? {} : { reservations }),
    possible: possibleIn(look, record),
    proposals: of.proposals.map(({ statement, what, by }) => ({ statement, what: { ...what }, by: [...by] })),
    timeline: timelineIn(look, record, clocks, moves),
    filed: filedFor(database, record, sight, shownMost + refused.length)
      .filter(({ statement }) => !isRefused.has(statement))
      .slice(0, shownMost)
      .map((filed) => filedMove(look, filed)),
    refused: refused.map((refusal): RefusedMove => {
      const { id, name, by, origin, index, at: filedAt, code, detail, refusedAt, refusal: signed } = refusal
      const statement = { id, origin, index, at: filedAt }
      return { name, by: names.of(by), statement, code, detail, refusedAt, refusal: signed }
    }),
    idle: idleMoves(database, record, sight, shownMost).flatMap((idle) => idleMove(node, look, idle)),
    at,
  }
}

/** The seat that moves of an unknown case name, in logs that are seen: where to ask for it. */
export function seatNamed(database: Database, urn: string): string | undefined {
  const row = database.prepare('SELECT seat FROM filed_move WHERE urn = ? ORDER BY position LIMIT 1').get(urn)
  return row === undefined ? undefined : String(row['seat'])
}

function clockViews({ procedure, case: of }: CaseRecord, clocks: readonly ClockRecord[], at: number): CaseClock[] {
  return clocksOf(procedure, of, at).flatMap((clock): CaseClock[] => {
    const found = clocks.find(({ name }) => name === clock.name)
    if (found === undefined) return []
    const { standing, keptBy } = found
    const view = clockView(procedure, { ...clock, standing })
    return [{ ...view, ...(keptBy === undefined ? {} : { keptBy: standsOf(keptBy) }) }]
  })
}

function possibleIn(look: CaseLook, { procedure, case: of }: CaseRecord): CaseResponse['possible'] {
  const { moves } = procedureView(procedure)
  return possibleMoves(procedure, of, look.at).flatMap(({ move, title, by, parties }) => {
    const able = parties.filter((party) => mayFile(look, procedure.moves[move]?.kinds, party))
    if (parties.length > 0 && able.length === 0) return []
    const body = moves.find(({ name }) => name === move)?.body ?? {}
    return [{ move, title, by: [...by], parties: able.map((party) => look.names.of(party)), body }]
  })
}

/** Some moves are made by statements that are for parties of one type alone, of which a procedure knows nothing. */
function mayFile({ sight }: CaseLook, kinds: readonly string[] | undefined, party: string): boolean {
  if (kinds === undefined || !kinds.some((kind) => kind === 'adherence' || kind === 'support')) return true
  const type = sight.stateOf(party)?.type
  return type === undefined || kinds.includes(bondKindOf(type))
}

/** What ran out is history only where nobody kept it, in whichever log. */
function timelineIn(
  { names, at }: CaseLook,
  { procedure, case: of }: CaseRecord,
  clocks: readonly ClockRecord[],
  moves: Parameters<typeof timelineOf>[2],
): CaseResponse['timeline'] {
  const kept = new Set(clocks.filter(({ standing }) => standing === 'kept').map(({ name }) => name))
  const shown = new Set(clocks.map(({ name }) => name))
  const lapsable = Object.entries(of.clocks).filter(([name]) => shown.has(name) && !kept.has(name))
  return timelineOf(procedure, { ...of, clocks: Object.fromEntries(lapsable) }, moves, at).map(({ by, ...entry }) => ({
    ...entry,
    ...(by === undefined ? {} : { by: names.of(by) }),
  }))
}

function filedMove({ names }: CaseLook, filed: FiledMove): CaseResponse['filed'][number] {
  return { name: filed.name, by: names.of(filed.by), statement: standsOf(filed) }
}

function standsOf({
  statement: id,
  origin,
  index,
  filedAt: at,
}: FiledMove): CaseResponse['filed'][number]['statement'] {
  return { id, origin, index, at }
}

function idleMove(node: ComityNode, { names, database, sight }: CaseLook, idle: IdleMove): CaseResponse['idle'] {
  const { position, code, detail } = idle
  const leaf = leafAt(node, position)
  if (leaf === undefined) return []
  const statement = decodeStatement(leaf, crypto)
  const at = Number(database.prepare('SELECT at FROM entry WHERE position = ?').get(position)?.['at'])
  const stands = { id: statement.id, origin: sight.originOf(position), index: indexOf(position), at }
  const { move: name } = readPayloadAs(statement, 'move')
  return [{ name, by: names.of(statement.iss), statement: stands, code, detail }]
}
