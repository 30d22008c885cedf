/** One private case as a party sees it, in the form in which a public one is shown. */
import type { CaseResponse, RefusedMove } from '@comity/contract'
import {
  type Case,
  departuresOf,
  momentText,
  possibleMoves,
  type Procedure,
  recordsOf,
  standingsOf,
  timelineOf,
} from '@comity/procedures'
import { commonChain, headOf } from '../../federation/cases/chain/place.ts'
import type { MoveRow, OrderRow } from '../../federation/cases/record/case-rows.ts'
import { clockView } from './clock-view.ts'
import { clocksShown, type PrivateLook, type PrivateRecord, privateRecord } from './private-case-look.ts'
import { privateSummary } from './private-cases.ts'
import { procedureView } from './procedures.ts'

/** Moves that the history on a case's page has; a moment with its zone takes long to write, and `/moves` has all. */
const timelineMost = 100

/** Filed and refused moves that a case's page shows, of each. */
const shownMost = 100

/** Parties of a role whose names are looked up: of the others the URN stands there alone. */
const knownMost = 50

/** Parties that stand beside a move as those who may make it; who reads first. */
const namedMost = 16

/** Undefined where the vault of the party has no such case. */
export function privateCaseDetails(look: PrivateLook, urn: string): CaseResponse | undefined {
  const record = privateRecord(look, urn)
  if (record === undefined) return undefined
  const { procedure, case: of, kept } = record
  const { names, at } = look
  const { reader } = look.inbox.cases
  const orders = reader.orders(kept, { newest: true, limit: timelineMost }).map(({ row }) => row)
  const moves = reader.moves(kept).map(({ row }) => row)
  const own = moves.filter(({ by }) => by === look.party)
  return {
    ...privateSummary(look, record),
    place: { ...of.place },
    provisions: [...procedure.provisions],
    roles: Object.entries(procedure.roles).map(([role, { title }]) => ({
      role,
      title,
      parties: (of.roles[role] ?? []).map((party, i) => (i < knownMost ? names.of(party) : { party, names: [] })),
    })),
    records: recordsOf(procedure, of).map(({ provision, text }) => ({ provision, text })),
    facts: factsShown(record),
    clocks: clocksShown(record, at).map((clock) => clockView(record.procedure, clock)),
    leaving: departuresOf(procedure, of).map(({ party, role, at: then }) => ({
      party: names.of(party),
      role,
      at: then,
      deadline: momentText(then, of.place),
    })),
    possible: possibleIn(look, record),
    proposals: of.proposals.map(({ statement, what, by }) => ({ statement, what: { ...what }, by: [...by] })),
    timeline: timelineIn(look, record, orders),
    filed: own
      .filter(({ state }) => state === 'waiting')
      .slice(0, shownMost)
      .map((move) => filedMove(look, record, move)),
    refused: own.flatMap((move) => refusedMove(look, record, move)).slice(0, shownMost),
    idle: [],
    standings: standingsIn(look, record),
    chain: chainShown(record, orders),
    at,
  }
}

/** What is collected from many stands with each of them. */
function factsShown({ procedure, case: of }: PrivateRecord): CaseResponse['facts'] {
  const many = new Set(
    Object.values(procedure.moves).flatMap(({ seenBy, collects = [] }) => (seenBy === undefined ? [] : collects)),
  )
  return Object.fromEntries(Object.entries(of.facts).filter(([name]) => !many.has(name)))
}

function possibleIn({ names, party: own, at }: PrivateLook, { procedure, case: of }: PrivateRecord) {
  const { moves } = procedureView(procedure)
  return possibleMoves(procedure, of, at).map(({ move, title, by, parties }) => {
    const shown = parties.includes(own) ? [own, ...parties.filter((each) => each !== own)] : parties
    const body = moves.find(({ name }) => name === move)?.body ?? {}
    return { move, title, by: [...by], parties: shown.slice(0, namedMost).map((party) => names.of(party)), body }
  })
}

function timelineIn(
  { names, at }: PrivateLook,
  { procedure, case: of, kept }: PrivateRecord,
  orders: readonly OrderRow[],
): CaseResponse['timeline'] {
  const moves = orders.map(({ move: statement, name, by, body, at: then }) => {
    return { statement, name, by, urn: kept.row.urn, body, at: then, filedAt: then }
  })
  return timelineOf(procedure, of, moves, at).map(({ by, ...entry }) => ({
    ...entry,
    ...(by === undefined ? {} : { by: names.of(by) }),
  }))
}

function filedMove({ names }: PrivateLook, { case: { seat } }: PrivateRecord, { id, name, by, at }: MoveRow) {
  return { name, by: names.of(by), statement: { id, origin: seat, index: 0, at } }
}

function refusedMove(look: PrivateLook, record: PrivateRecord, move: MoveRow): RefusedMove[] {
  const { code, detail, refusedAt, refusal } = move
  if (code === undefined || detail === undefined || refusedAt === undefined || refusal === undefined) return []
  return [{ ...filedMove(look, record, move), code, detail, refusedAt, refusal }]
}

/** How each of many stands, by role; of roles whose parties say something of their own. */
function standingsIn({ names, at }: PrivateLook, { procedure, case: of }: PrivateRecord) {
  const roles = Object.entries(procedure.roles).filter(([, { knownTo }]) => knownTo !== undefined)
  return roles.flatMap(([role]) => {
    const all = of.roles[role] ?? []
    if (all.length === 0) return []
    const said = saidBy(procedure, of, role)
    const silent = all.filter((party) => !said.has(party))
    const parties = standingsOf(procedure, of, role, at).map(({ party, said, isSilent, clocks }) => ({
      ...names.of(party),
      said: { ...said },
      silent: isSilent,
      clocks: clocks.map(({ name, title, standing, deadline }) => ({ name, title, standing, deadline })),
    }))
    return [{ role, count: all.length, silent: silent.length, parties }]
  })
}

/** Parties of a role that have said something of what is asked. A page of them writes moments, which takes longer. */
function saidBy({ moves }: Procedure, { facts }: Case, role: string): ReadonlySet<string> {
  const asked = Object.values(moves).flatMap(({ by, collects = [] }) => (by.includes(role) ? collects : []))
  return new Set(asked.flatMap((fact) => Object.keys(facts[fact] ?? {})))
}

function chainShown(
  { kept: { row }, case: of }: PrivateRecord,
  orders: readonly OrderRow[],
): NonNullable<CaseResponse['chain']> {
  const head = headOf(row, commonChain)
  const { fork, fault } = row
  return {
    head: head?.id ?? of.urn,
    ...(fork === undefined ? {} : { fork: { order: fork.order, why: fork.why } }),
    ...(fault === undefined ? {} : { fault: { ...fault } }),
    unverified: orders.filter(({ verified }) => !verified).length,
  }
}
