import { Compile, type Validator } from 'typebox/compile'
import type { TObject } from 'typebox'
import { type Case, type Move, type RunningClock, rolesOf } from './case.ts'
import { afterCommonMove, commonBodies, commonMovesOf, isCommonMove } from './common-moves.ts'
import { endOf } from './clocks/end.ts'
import type { Length } from './clocks/length.ts'
import { type Place, requirePlace } from './clocks/place.ts'
import { secondsOf } from '@comity/statement'
import {
  type ChosenLength,
  type ClockDefinition,
  type GuardLook,
  type MoveDefinition,
  moveOf,
  type Procedure,
  versionName,
} from './definition.ts'
import { atTime, isEnded, isOpenIn, possibleMoves, possibleText } from './possible.ts'
import { ProcedureError } from './procedure-error.ts'

/** Parties that have one role at the most, where the definition says nothing: a State's or a company's. */
const mostOfRole = 1

/** What opening a case needs beside the move. */
export interface Opening {
  /** Origin of the log whose order counts. */
  readonly seat: string
  readonly place: Place
}

/**
 * The case that a move opens.
 *
 * Throws ProcedureError `unknown-move`, `not-possible-now`, `bad-body`, `guarded`, `too-many`, `unknown-place`.
 */
export function openCase(procedure: Procedure, move: Move, { seat, place }: Opening): Case {
  const definition = moveOf(procedure, move.name)
  if (definition.from !== 'opening') {
    const opening = Object.entries(procedure.moves).flatMap(([name, { from }]) => (from === 'opening' ? [name] : []))
    throw new ProcedureError('no-case', `${move.name} opens no case: ${opening.join(', ')} does`)
  }
  requirePlace(place)
  requireBody(definition.body, move)
  const before: Case = {
    procedure: versionName(procedure),
    urn: move.urn,
    seat,
    state: '',
    place,
    opener: move.by,
    openedAt: move.at,
    movedAt: move.at,
    moves: 0,
    roles: {},
    facts: {},
    made: {},
    clocks: {},
    proposals: [],
  }
  return afterOwnMove(procedure, definition, before, move)
}

/**
 * The case after a move. Pure: the same case and the same move give the same case, on every node.
 *
 * Throws ProcedureError `unknown-move`, `not-your-move`, `not-possible-now`, `already-made`, `bad-body`, `guarded`,
 * `unknown-proposal`, `too-many`; each refusal names what is possible, and for whom.
 */
export function reduce(procedure: Procedure, before: Case, move: Move): Case {
  const of = atTime(procedure, before, move.at)
  const isCommon = isCommonMove(move.name)
  const definition = isCommon ? undefined : moveOf(procedure, move.name)
  if (definition?.from === 'opening') throw new ProcedureError('case-exists', `${of.urn} is open already`)
  requireBody(definition?.body ?? commonBody(move.name), move)
  if (definition === undefined) return counted(commonly(procedure, of, move), move)
  requireOpen(procedure, definition, of, move)
  requireAuthor(procedure, definition, of, move)
  return afterOwnMove(procedure, definition, of, move)
}

function commonBody(name: string): TObject {
  if (!isCommonMove(name)) throw new ProcedureError('unknown-move', `no procedure has a move "${name}"`)
  return commonBodies[name]
}

function commonly(procedure: Procedure, of: Case, move: Move): Case {
  const { name } = move
  if (!isCommonMove(name)) throw new ProcedureError('unknown-move', `no procedure has a move "${name}"`)
  if (rolesOf(of, move.by).length === 0) throw stranger(procedure, of, move)
  if (!commonMovesOf(of, move.by, isEnded(procedure, of)).includes(name))
    throw refusal(
      'not-possible-now',
      `${name} is not possible for ${move.by} in state ${of.state}`,
      procedure,
      of,
      move,
    )
  return afterCommonMove(of, { ...move, name })
}

function counted(of: Case, move: Move): Case {
  return { ...of, moves: of.moves + 1, movedAt: move.at }
}

function requireOpen(procedure: Procedure, definition: MoveDefinition, of: Case, move: Move): void {
  if (isOpenIn(procedure, definition, of, move.at)) return
  const why =
    of.withdrawnAt !== undefined
      ? 'the case was withdrawn'
      : of.suspendedAt !== undefined
        ? 'the case is suspended'
        : definition.from.includes(of.state) && definition.after !== undefined
          ? `the clock ${definition.after} has not lapsed`
          : `the case is in state ${of.state}`
  throw refusal('not-possible-now', `${move.name} is not possible: ${why}`, procedure, of, move)
}

function requireAuthor(procedure: Procedure, definition: MoveDefinition, of: Case, move: Move): void {
  const { by, joins } = definition
  if (by === 'anyone') {
    const has = joins === undefined ? [] : (of.roles[joins] ?? [])
    if (has.includes(move.by)) throw alreadyMade(procedure, of, move)
    return
  }
  if (!by.some((role) => of.roles[role]?.includes(move.by) === true)) throw stranger(procedure, of, move)
  const isOnce = definition.each === true || definition.once === true
  if (isOnce && of.made[move.name]?.includes(move.by) === true) throw alreadyMade(procedure, of, move)
}

function stranger(procedure: Procedure, of: Case, move: Move): ProcedureError {
  const has = rolesOf(of, move.by)
  const who = has.length === 0 ? 'has no part in this case' : `is ${has.join(' and ')} in this case`
  return refusal('not-your-move', `${move.by} ${who}, and ${move.name} is not for it`, procedure, of, move)
}

function alreadyMade(procedure: Procedure, of: Case, move: Move): ProcedureError {
  return refusal('already-made', `${move.by} has made the move ${move.name} already`, procedure, of, move)
}

function refusal(
  code: ProcedureError['code'],
  what: string,
  procedure: Procedure,
  of: Case,
  { at }: Move,
): ProcedureError {
  const possible = possibleMoves(procedure, of, at)
  return new ProcedureError(code, `${what}; ${possibleText(possible)}`, { possible })
}

const validators = new WeakMap<TObject, Validator>()

function requireBody(schema: TObject, { name, body }: Move): void {
  const validator = validators.get(schema) ?? Compile(schema)
  validators.set(schema, validator)
  if (validator.Check(body)) return
  const [error] = validator.Errors(body)
  const where = error === undefined || error.instancePath === '' ? 'the body' : error.instancePath.slice(0, 300)
  throw new ProcedureError('bad-body', `${name}: ${where} ${error?.message ?? 'does not fit the schema'}`)
}

function afterOwnMove(procedure: Procedure, definition: MoveDefinition, of: Case, move: Move): Case {
  const roles = withRoles(procedure, definition, of, move)
  const look = (reads: readonly string[], facts: Case['facts']): GuardLook => ({
    facts: only(reads, facts),
    body: move.body,
    by: move.by,
    roles,
    at: move.at,
  })
  const { guard, decide } = definition
  const wrong = guard?.check(look(guard.reads, of.facts))
  if (wrong !== undefined) throw guarded(procedure, of, move, wrong)
  const begun = begunAnew(definition, of)
  const facts = { ...begun.facts, ...only(definition.keeps ?? [], move.body), ...collected(definition, begun, move) }
  const isNoted = definition.each === true || definition.once === true
  const made = isNoted ? { ...begun.made, [move.name]: [...(begun.made[move.name] ?? []), move.by] } : begun.made
  const next: Case = { ...of, roles, facts, made, state: of.state }
  const isLast =
    definition.each !== true || everyone(definition, next).every((party) => made[move.name]?.includes(party))
  const state = !isLast
    ? of.state
    : decide !== undefined
      ? decide.choose(look(decide.reads, facts))
      : definition.to === 'same'
        ? of.state
        : String(definition.to)
  return counted({ ...next, state, clocks: clocksAfter(procedure, next, move, isLast) }, move)
}

function guarded(procedure: Procedure, of: Case, move: Move, wrong: string): ProcedureError {
  if (of.state === '') return new ProcedureError('guarded', `${move.name}: ${wrong}`)
  return refusal('guarded', `${move.name}: ${wrong}`, procedure, of, move)
}

/** The case without what a move lets begin anew. */
function begunAnew({ resets = [] }: MoveDefinition, of: Case): Pick<Case, 'facts' | 'made'> {
  if (resets.length === 0) return of
  const rest = <T>(from: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(from).filter(([name]) => !resets.includes(name)))
  return { facts: rest(of.facts), made: rest(of.made) }
}

/** Facts from party to value, with those of this move's author. */
function collected(
  { collects = [] }: MoveDefinition,
  { facts }: Pick<Case, 'facts'>,
  { by, body }: Move,
): Case['facts'] {
  return Object.fromEntries(
    collects.map((field) => {
      // Safe: nothing but this function writes the fact of that name.
      const before = (facts[field] ?? {}) as Readonly<Record<string, unknown>>
      return [field, Object.hasOwn(body, field) ? { ...before, [by]: body[field] } : before]
    }),
  )
}

/** The parties whose move the case waits for where each makes it. */
function everyone({ by }: MoveDefinition, { roles }: Case): readonly string[] {
  return by === 'anyone' ? [] : by.flatMap((role) => roles[role] ?? [])
}

function only(names: readonly string[], from: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(from, name) ? [[name, from[name]]] : [])))
}

/** The roles after a move: of its author where it joins, and of the parties that its body names. */
function withRoles(procedure: Procedure, definition: MoveDefinition, of: Case, move: Move): Case['roles'] {
  const roles: Record<string, readonly string[]> = { ...of.roles }
  const bind = (role: string, party: string): void => {
    const have = roles[role] ?? []
    if (have.includes(party)) return
    const most = procedure.roles[role]?.most ?? mostOfRole
    if (have.length >= most)
      throw new ProcedureError(
        'too-many',
        `${move.name}: a case has ${most} ${role} at the most, and has ${have.length}`,
      )
    roles[role] = [...have, party]
  }
  if (definition.joins !== undefined) bind(definition.joins, move.by)
  for (const [field, role] of Object.entries(definition.binds ?? {})) {
    const named = move.body[field]
    for (const party of Array.isArray(named) ? named : named === undefined ? [] : [named]) bind(role, String(party))
  }
  return roles
}

/** Starts and stops clocks. With a move that each makes, they stop when the last has made it. */
function clocksAfter(procedure: Procedure, of: Case, move: Move, isLast: boolean): Case['clocks'] {
  const clocks: Record<string, RunningClock> = { ...of.clocks }
  for (const [name, clock] of Object.entries(procedure.clocks)) {
    const running = clocks[name]
    const stops = clock.stops.includes(move.name) && isLast && running !== undefined && running.stoppedAt === undefined
    if (stops) clocks[name] = { ...running, stoppedAt: move.filedAt }
    const begun = clock.starts.includes(move.name) && isLast ? started(clock, of, move) : undefined
    if (begun !== undefined) clocks[name] = begun
  }
  return clocks
}

function started(clock: ClockDefinition, of: Case, move: Move): RunningClock | undefined {
  if ('until' in clock.length) {
    const said = move.body[clock.length.until]
    return typeof said === 'string' ? { startedAt: move.at, endsAt: secondsOf(said) } : undefined
  }
  const from = clock.from === undefined ? undefined : move.body[clock.from]
  const startedAt = typeof from === 'number' ? from : move.at
  return { startedAt, endsAt: endOf(startedAt, lengthOf(clock.length, of), of.place) }
}

/** How long a clock is in this case. */
export function lengthOf(length: Length | ChosenLength, { facts }: Pick<Case, 'facts'>): Length {
  if (!('by' in length)) return length
  const chosen = length.lengths[String(facts[length.by])]
  if (chosen !== undefined) return chosen
  const known = Object.keys(length.lengths).join(', ')
  throw new ProcedureError('guarded', `the length of a clock depends on "${length.by}": ${known}`)
}
