import { atTime } from './at-time.ts'
import { type Case, type Move, rolesOf } from './case.ts'
import { type Place, requirePlace } from './clocks/place.ts'
import { clocksAfter, eachClocksAfter } from './clocks/run.ts'
import { afterCommonMove, commonMovesOf, isCommonMove } from './common-moves.ts'
import { type MoveDefinition, moveOf, type Procedure, versionName } from './definition.ts'
import { begunAnew, factsAfter, lookAt, saysOtherwise } from './facts-after.ts'
import { isOpenIn, possibleMoves, possibleText } from './possible.ts'
import { ProcedureError } from './procedure-error.ts'
import { requireForm } from './require-form.ts'
import { partiesIn } from './sight.ts'

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
 * Throws ProcedureError `unknown-move`, `no-case`, `wrong-kind`, `bad-body`, `guarded`, `too-many`, `unknown-place`.
 */
export function openCase(procedure: Procedure, move: Move, { seat, place }: Opening): Case {
  const definition = moveOf(procedure, move.name)
  if (definition.from !== 'opening') {
    const opening = Object.entries(procedure.moves).flatMap(([name, { from }]) => (from === 'opening' ? [name] : []))
    throw new ProcedureError('no-case', `${move.name} opens no case: ${opening.join(', ')} does`)
  }
  requirePlace(place)
  requireRegion(procedure, place)
  requireForm(procedure, move)
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

/** Said when the case opens: else a move in the middle of it could start no clock, and never be made. */
function requireRegion({ name, clocks }: Procedure, { region }: Place): void {
  const counts = Object.entries(clocks).find(([, { length }]) => {
    const lengths = 'by' in length ? Object.values(length.lengths) : [length]
    return lengths.some((each) => 'workingDays' in each || ('usual' in each && 'workingDays' in (each.usual ?? {})))
  })
  if (counts === undefined || region !== undefined) return
  throw new ProcedureError(
    'unknown-place',
    `the clock ${counts[0]} of ${name} counts working days, which are those of a place: say of which State it is`,
  )
}

/**
 * The case after a move. Pure: the same case and the same move give the same case, on every node.
 *
 * Throws ProcedureError `unknown-move`, `not-your-move`, `not-possible-now`, `already-made`, `wrong-kind`, `bad-body`,
 * `guarded`, `unknown-proposal`, `too-many`; each refusal names what is possible, and for whom.
 */
export function reduce(procedure: Procedure, before: Case, move: Move): Case {
  const of = atTime(procedure, before, move.at)
  const isCommon = isCommonMove(move.name)
  const definition = isCommon ? undefined : moveOf(procedure, move.name)
  if (definition?.from === 'opening') throw new ProcedureError('case-exists', `${of.urn} is open already`)
  requireForm(procedure, move)
  if (definition === undefined) return counted(commonly(procedure, of, move), move)
  requireOpen(procedure, definition, of, move)
  requireAuthor(procedure, definition, of, move)
  return afterOwnMove(procedure, definition, of, move)
}

function commonly(procedure: Procedure, of: Case, move: Move): Case {
  const { name } = move
  if (!isCommonMove(name)) throw new ProcedureError('unknown-move', `no procedure has a move "${name}"`)
  if (rolesOf(of, move.by).length === 0) throw stranger(procedure, of, move)
  if (!commonMovesOf(procedure, of, move.by).includes(name))
    throw refusal(
      'not-possible-now',
      `${name} is not possible for ${move.by} in state ${of.state}`,
      procedure,
      of,
      move,
    )
  return afterCommonMove(procedure, of, { ...move, name })
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
          : definition.from.includes(of.state) && definition.within !== undefined
            ? `the time for it, ${definition.within}, is over`
            : `the case is in state ${of.state}`
  throw refusal('not-possible-now', `${move.name} is not possible: ${why}`, procedure, of, move)
}

function requireAuthor(procedure: Procedure, definition: MoveDefinition, of: Case, move: Move): void {
  const { by, joins } = definition
  if (by === 'anyone') {
    const has = joins === undefined ? [] : (of.roles[joins] ?? [])
    if (has.includes(move.by) && definition.again !== true) throw alreadyMade(procedure, of, move)
    return
  }
  if (!by.some((role) => of.roles[role]?.includes(move.by) === true)) throw stranger(procedure, of, move)
  const isOnce = definition.each === true || definition.once === true
  if (isOnce && of.made[move.name]?.includes(move.by) === true && !saysOtherwise(definition, of, move))
    throw alreadyMade(procedure, of, move)
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

function afterOwnMove(procedure: Procedure, definition: MoveDefinition, of: Case, move: Move): Case {
  const { guard, decide, each, once } = definition
  const joined = definition.joins === undefined ? of : bound(procedure, of, move.name, [[definition.joins, move.by]])
  const wrong = move.judged === true ? undefined : guard?.check(lookAt(guard.reads, joined, move))
  if (wrong !== undefined) throw guarded(procedure, of, move, wrong)
  const begun = begunAnew(definition, joined, move)
  const facts = factsAfter(definition, begun, move)
  const waitedFor = each === true ? everyone(definition, begun) : []
  const made = [...(begun.made[move.name] ?? []), move.by]
  const isLast = each !== true || waitedFor.every((party) => made.includes(party))
  // A round that is complete may begin again, unless the move is made once in a case.
  const { [move.name]: _, ...others } = begun.made
  const isNoted = once === true || (each === true && !isLast)
  const noted: Case = { ...begun, facts, made: isNoted ? { ...others, [move.name]: made } : others }
  const next = isLast ? bound(procedure, freed(definition, noted), move.name, namedIn(definition, move)) : noted
  const state = !isLast
    ? of.state
    : decide !== undefined
      ? decide.choose(lookAt(decide.reads, { ...next, made: begun.made }, move))
      : definition.to === 'same'
        ? of.state
        : String(definition.to)
  const eachClocks = eachClocksAfter(procedure, next, move)
  const clocks = clocksAfter(procedure, next, move, isLast)
  return counted({ ...next, state, clocks, ...(eachClocks && { eachClocks }) }, move)
}

function guarded(procedure: Procedure, of: Case, move: Move, wrong: string): ProcedureError {
  if (of.state === '') return new ProcedureError('guarded', `${move.name}: ${wrong}`)
  return refusal('guarded', `${move.name}: ${wrong}`, procedure, of, move)
}

/** The parties whose move the case waits for where each makes it. */
function everyone({ by }: MoveDefinition, { roles }: Case): readonly string[] {
  return by === 'anyone' ? [] : by.flatMap((role) => roles[role] ?? [])
}

function freed({ frees = [] }: MoveDefinition, of: Case): Case {
  if (frees.length === 0) return of
  return { ...of, roles: Object.fromEntries(Object.entries(of.roles).filter(([role]) => !frees.includes(role))) }
}

/** Roles and the parties that the body of a move names for them. */
function namedIn({ binds = {} }: MoveDefinition, { body }: Move): readonly (readonly [string, string])[] {
  return Object.entries(binds).flatMap(([field, role]) =>
    partiesIn(body[field]).map((party): readonly [string, string] => [role, party]),
  )
}

/** The case with parties in roles. Throws ProcedureError `too-many`. */
function bound(procedure: Procedure, of: Case, move: string, named: readonly (readonly [string, string])[]): Case {
  if (named.length === 0) return of
  const roles: Record<string, readonly string[]> = { ...of.roles }
  for (const [role, party] of named) {
    const have = roles[role] ?? []
    if (have.includes(party)) continue
    const most = procedure.roles[role]?.most ?? mostOfRole
    if (have.length >= most)
      throw new ProcedureError('too-many', `${move}: a case has ${most} ${role} at the most, and has ${have.length}`)
    roles[role] = [...have, party]
  }
  return { ...of, roles }
}
