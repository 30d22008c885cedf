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
import type { CaseFact } from './case-fact.ts'
import { caseFactOf, type MadeMove } from './case-fact-of.ts'
import { aRef, partyUrn } from './memory-facts.fixture.ts'

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

function playOne(procedure: Procedure, slug: string, length: number, next: Next, index: Next): Played | undefined {
  const openings = Object.entries(procedure.moves).flatMap(([name, { from }]) => (from === 'opening' ? [name] : []))
  const name = openings[next() % openings.length] ?? ''
  const by = someone(next)
  const slugged = procedure.name === 'adherence' ? 'adherence.code' : slug
  const urn = `urn:comity:case:${by.slice(-64)}:${slugged}`
  const moves: MadeMove[] = []
  let at = start
  const made = (move: string, author: string, body: Move['body']): Move => {
    const { id } = aRef(index(), {})
    const [kind] = procedure.moves[move]?.kinds ?? []
    return {
      statement: id,
      name: move,
      by: author,
      urn,
      body,
      at,
      filedAt: at,
      ...(kind === undefined ? {} : { kind }),
    }
  }
  const noted = ({ name: move, by: party, body, statement }: Move): void => {
    const place = Number.parseInt(statement.slice(2, 8), 16)
    const contested = next() % 16 === 0
    moves.push({ name: move, body, ref: aRef(place, { kind: 'move', party, at, contested }) })
  }
  const opening = made(name, by, bodyOf(procedure, name, next))
  const opened = attempt(() => openCase(procedure, opening, { seat: 'a.example', place: { zone: 'UTC' } }))
  if (opened === undefined) return undefined
  noted(opening)
  let of = opened
  for (let i = 0; i < length; i++) {
    at += next() % 4 === 0 ? (next() % 100) * 86_400 : (next() % 48) * 3600
    const possible = possibleMoves(procedure, of, at)
    const onward = possible.filter(({ move }) => goesOn(procedure, move))
    const among = onward.length > 0 && next() % 4 > 0 ? onward : possible
    const chosen = among[next() % Math.max(1, among.length)]
    if (chosen === undefined) break
    const author = chosen.parties[next() % Math.max(1, chosen.parties.length)] ?? someone(next)
    const body = chosen.move in commonBodies ? commonBody(chosen.move, of) : bodyOf(procedure, chosen.move, next, of)
    const move = made(chosen.move, author, body)
    const after = attempt(() => reduce(procedure, of, move))
    if (after === undefined) continue
    noted(move)
    of = after
  }
  return { procedure, of, moves }
}

/** Most play goes somewhere: replies, proposals and early ends are the rarer choice. */
function goesOn({ moves, states }: Procedure, name: string): boolean {
  const move = moves[name]
  if (move === undefined || move.by === 'anyone') return false
  return move.to === 'same' || typeof move.to !== 'string' || states[move.to]?.isEnd !== true
}

function someone(next: Next): string {
  return players[next() % players.length] ?? ''
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
function bodyOf(procedure: Procedure, name: string, next: Next, of?: Case): Move['body'] {
  const move = procedure.moves[name]
  const required = (move?.body['required'] ?? []) as readonly string[] // names of members, in JSON Schema
  const allowed = ['end', 'assistant', 'reviewer'].filter((field) => move?.body.properties[field] && next() % 2 === 0)
  return Object.fromEntries(
    [...new Set([...required, ...allowed])].map((field) => {
      const role = move?.binds?.[field]
      return [field, role === undefined ? valueOf(move?.body.properties[field], next) : partiesFor(field, next, of)]
    }),
  )
}

/** Fields in the plural name several parties; a need's partners are among those who offered. */
function partiesFor(field: string, next: Next, of: Case | undefined): unknown {
  const among = field === 'partners' ? (of?.roles['offerer'] ?? players) : players
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
    return caseFactOf(party, { of, moves, at, clocks }) ?? []
  })
}
