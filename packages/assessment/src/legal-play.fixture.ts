/** Random legal play of every procedure among four parties, through the engine itself. */
import {
  atTime,
  type Case,
  commonBodies,
  type CommonMove,
  deadlineOf,
  isEnded,
  type Move,
  openCase,
  possibleMoves,
  type Procedure,
  ProcedureError,
  procedures,
  reduce,
  standingOf,
} from '@comity/procedures'
import type { CaseFact, CaseMove } from './case-fact.ts'
import { caseFactOf, noticeMoves } from './case-fact-of.ts'
import { aRef, partyUrn } from './memory-facts.fixture.ts'

/** A move and what it says. */
interface MadeMove extends CaseMove {
  readonly body: Move['body']
}

/** A case and the moves that led to it. */
export interface Played {
  readonly procedure: Procedure
  readonly of: Case
  readonly moves: readonly MadeMove[]
}

export const players = ['a', 'b', 'c', 'd'].map(partyUrn)

/** Takes one number after the other; the same numbers, the same play. */
export type Next = () => number

const start = 1_000

/** One case per entry of `lengths`, each of a procedure that is chosen and of at most so many moves. */
export function play(
  lengths: readonly number[],
  next: Next,
  among: readonly Procedure[] = procedures,
): readonly Played[] {
  let index = 10
  return lengths.flatMap((length, i) => {
    const procedure = among[next() % among.length]
    const played = procedure && playOne(procedure, `n${i}`, length, next, () => index++)
    return played ?? []
  })
}

/** A move that somebody makes. */
export interface Choice {
  readonly name: string
  readonly by: string
  readonly body: Move['body']
}

/** One of the moves that open a case of this procedure. */
export function anyOpening(procedure: Procedure, by: string, next: Next, parties: readonly string[]): Choice {
  const openings = Object.entries(procedure.moves).flatMap(([name, { from }]) => (from === 'opening' ? [name] : []))
  const name = openings[next() % openings.length] ?? ''
  return { name, by, body: bodyOf(procedure, name, next, parties) }
}

/** One of the moves that are possible; its guard may still stand against it. */
export function anyMove(
  procedure: Procedure,
  of: Case,
  at: number,
  next: Next,
  parties: readonly string[],
): Choice | undefined {
  const possible = possibleMoves(procedure, of, at)
  const onward = possible.filter(({ move }) => goesOn(procedure, of, move))
  const among = onward.length > 0 && next() % 4 > 0 ? onward : possible
  const chosen = among[next() % Math.max(1, among.length)]
  if (chosen === undefined) return undefined
  const { move: name, parties: able } = chosen
  const by = able[next() % Math.max(1, able.length)] ?? someOf(parties, next)
  return { name, by, body: name in commonBodies ? commonBody(name, of) : bodyOf(procedure, name, next, parties, of) }
}

function someOf(parties: readonly string[], next: Next): string {
  return parties[next() % parties.length] ?? ''
}

function playOne(procedure: Procedure, slug: string, length: number, next: Next, index: Next): Played | undefined {
  const opener = someOf(players, next)
  const slugged = procedure.name === 'adherence' ? 'adherence.code' : slug
  const urn = `urn:comity:case:${opener.slice(-64)}:${slugged}`
  const moves: MadeMove[] = []
  let at = start
  const made = ({ name, by, body }: Choice): Move => {
    const { id } = aRef(index(), {})
    const [kind] = procedure.moves[name]?.kinds ?? []
    return { statement: id, name, by, urn, body, at, filedAt: at, ...(kind === undefined ? {} : { kind }) }
  }
  const noted = ({ name, by: party, body, statement }: Move): void => {
    const place = Number.parseInt(statement.slice(2, 8), 16)
    const contested = next() % 16 === 0
    moves.push({ name, body, ref: aRef(place, { kind: 'move', party, at, contested }) })
  }
  const opening = made(anyOpening(procedure, opener, next, players))
  const opened = attempt(() => openCase(procedure, opening, { seat: 'a.example', place: { zone: 'UTC' } }))
  if (opened === undefined) return undefined
  noted(opening)
  let of = opened
  for (let i = 0; i < length; i++) {
    at += next() % 4 === 0 ? (next() % 100) * 86_400 : (next() % 48) * 3600
    const chosen = anyMove(procedure, of, at, next, players)
    if (chosen === undefined) break
    const move = made(chosen)
    const after = attempt(() => reduce(procedure, of, move))
    if (after === undefined) continue
    noted(move)
    of = after
  }
  return { procedure, of, moves }
}

/** Most play goes somewhere: replies, proposals and early ends are the rarer choice. */
function goesOn({ moves, states }: Procedure, { roles }: Case, name: string): boolean {
  const move = moves[name]
  if (move === undefined) return false
  if (move.by === 'anyone' && (roles[move.joins ?? '']?.length ?? 0) > 0) return false
  return move.to === 'same' || typeof move.to !== 'string' || states[move.to]?.isEnd !== true
}

/** Undefined where a guard or a limit stands against it, which is legal play too. */
function attempt(work: () => Case): Case | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof ProcedureError) return undefined
    throw error
  }
}

function commonBody(name: string, { clocks, proposals }: Case): Move['body'] {
  const [clock = 'none'] = Object.keys(clocks)
  const bodies: Readonly<Record<CommonMove, Move['body']>> = {
    reply: { text: 'We note it.' },
    withdraw: {},
    propose: { what: { kind: 'end-clock-at', clock, at: start + 900 * 86_400 } },
    accept: { proposal: proposals[0]?.statement ?? '0'.repeat(64) },
  }
  return bodies[name as CommonMove] // safe: asked for these names only
}

/** A body that fits the schema of a move, with what it demands and a few things that it allows. */
function bodyOf(procedure: Procedure, name: string, next: Next, parties: readonly string[], of?: Case): Move['body'] {
  const move = procedure.moves[name]
  const required = (move?.body['required'] ?? []) as readonly string[] // names of members, in JSON Schema
  const allowed = ['end', 'assistant', 'reviewer'].filter((field) => move?.body.properties[field] && next() % 2 === 0)
  return Object.fromEntries(
    [...new Set([...required, ...allowed])].map((field) => {
      if (move?.binds?.[field] === undefined) return [field, valueOf(move?.body.properties[field], next)]
      // A need's partners are among those who offered.
      return [field, partiesFor(field, next, field === 'partners' ? (of?.roles['offerer'] ?? parties) : parties)]
    }),
  )
}

/** Fields in the plural name several parties. */
function partiesFor(field: string, next: Next, among: readonly string[]): unknown {
  const chosen = among.filter(() => next() % 2 === 0)
  const some = chosen.length === 0 ? among.slice(0, 1) : chosen
  return field.endsWith('s') ? some : some[0]
}

function valueOf(schema: unknown, next: Next): unknown {
  const {
    type,
    enum: words,
    pattern,
    items,
    const: only,
  } = { ...(schema as object) } as Readonly<Record<string, unknown>> // JSON Schema
  if (only !== undefined) return only
  if (Array.isArray(words)) return words[next() % words.length]
  if (type === 'array') return [valueOf(items, next)]
  if (typeof pattern === 'string') return fitting.find(([part]) => pattern.includes(part))?.[1] ?? 'a'
  if (type === 'integer') return start
  if (type === 'boolean') return next() % 2 === 0
  return 'some words'
}

/** A part of a pattern, and a text that fits the whole. */
const fitting: readonly (readonly [part: string, text: string])[] = [
  ['party', players[0] ?? ''],
  ['T(?:', '1970-06-01T00:00:00Z'],
  ['sha256', `sha256:${'5e'.repeat(32)}`],
  ['^[0-9a-f]{64}', '1'.repeat(64)],
  ['^[a-z]{2,16}-', 'code-c'],
]

/** What one party's record has of these cases at a time, clocks by the seat alone. */
export function factsOf(party: string, all: readonly Played[], at: number): readonly CaseFact[] {
  return all.flatMap(({ procedure, of: then, moves }) => {
    const of = atTime(procedure, then, at)
    const isOver = isEnded(procedure, of)
    const clocks = Object.entries(of.clocks)
      .filter(([, running]) => !isOver || running.stoppedAt !== undefined || deadlineOf(running) < of.movedAt)
      .map(([name, running]) => ({ name, standing: standingOf(running, at, of.suspendedAt) }))
    const isNotice = (name: string): boolean => (noticeMoves as readonly string[]).includes(name)
    const notices =
      procedure.name !== 'restriction' ? [] : moves.flatMap(({ name, body }) => (isNotice(name) ? [body] : []))
    return caseFactOf(party, { of, moves, notices, at, clocks }) ?? []
  })
}
