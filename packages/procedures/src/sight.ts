/**
 * Who sees what of a case that is not public. What somebody sees is a case of its own: whoever plays the moves that are
 * seen comes to the same as whoever plays all of them and then leaves out what is not.
 */
import type { Case, Move } from './case.ts'
import { isCommonMove } from './common-moves.ts'
import { type MoveDefinition, moveOf, type Procedure, type Visibility, visibilityOf } from './definition.ts'

/** What seeing a move depends on: nothing of its body but the parties that it names. */
export type SightedMove = Pick<Move, 'name' | 'by' | 'body'>

/** Whether one party of a case learns that another has a role in it. */
export function knowsOf(
  { roles }: Procedure,
  of: Pick<Case, 'roles'>,
  party: string,
  role: string,
  other: string,
): boolean {
  const knownTo = roles[role]?.knownTo
  return party === other || knownTo === undefined || hasOneOf(of, party, knownTo)
}

/**
 * Whether a party of a case sees a move of it.
 *
 * @param of the case with the move in it, or any later one
 */
export function seesMove(procedure: Procedure, of: Pick<Case, 'roles'>, move: SightedMove, party: string): boolean {
  if (move.by === party) return hasRole(of, party)
  const roles = rolesSeeing(procedure, of, move)
  if (roles === undefined) return hasRole(of, party)
  return hasOneOf(of, party, roles) || (hasRole(of, party) && concernedBy(procedure, move).includes(party))
}

/** The parties of a case that see a move of it; all that know of the case where it is no thread. */
export function seersOf(procedure: Procedure, of: Pick<Case, 'roles'>, move: SightedMove): readonly string[] {
  const roles = rolesSeeing(procedure, of, move)
  const all = new Set(Object.values(of.roles).flat())
  if (roles === undefined) return [...all]
  const seers = new Set([...roles.flatMap((role) => of.roles[role] ?? []), move.by, ...concernedBy(procedure, move)])
  return [...seers].filter((party) => all.has(party))
}

/** Whether a move is one of a thread: not every party of the case sees it. */
export function isThread(procedure: Procedure, of: Pick<Case, 'roles'>, move: SightedMove): boolean {
  return rolesSeeing(procedure, of, move) !== undefined
}

/**
 * Who sees a field of a move: `public`, `parties` (who sees the move) or `sealed`.
 *
 * @param state of the case: some moves become public with it
 */
export function visibilityIn(procedure: Procedure, name: string, field: string, states: readonly string[]): Visibility {
  if (isCommonMove(name)) return procedure.visibility
  const move = moveOf(procedure, name)
  return move.fields?.[field] ?? moveVisibilityIn(procedure, name, states)
}

/** Who sees a move as such, in a case that has been in these states. */
export function moveVisibilityIn(procedure: Procedure, name: string, states: readonly string[]): Visibility {
  if (isCommonMove(name)) return procedure.visibility
  const move = moveOf(procedure, name)
  return move.publicWith?.some((state) => states.includes(state)) === true ? 'public' : visibilityOf(procedure, move)
}

/** The parties that a move names as those whom it is for: those that it binds to a role, and those in its `names`. */
export function concernedBy(procedure: Procedure, { name, body }: Pick<Move, 'name' | 'body'>): readonly string[] {
  if (isCommonMove(name)) return []
  const { binds = {}, names = [] } = moveOf(procedure, name)
  return [...Object.keys(binds), ...names].flatMap((field) => partiesIn(body[field]))
}

/** Parties that a field of a body names: one, a list of them, or none. */
export function partiesIn(named: unknown): readonly string[] {
  if (Array.isArray(named)) return named.map(String)
  return named === undefined ? [] : [String(named)]
}

/** The case as one of its parties sees it: without the parties, the facts, the marks and the clocks that it does not see. How many moves there were is not among what it sees. */
export function partOf(procedure: Procedure, of: Case, party: string): Case {
  const roles = Object.fromEntries(
    Object.entries(of.roles).flatMap(([role, parties]) => {
      const known = parties.filter((other) => knowsOf(procedure, of, party, role, other))
      return known.length === 0 && parties.length > 0 ? [] : [[role, known]]
    }),
  )
  const facts = Object.fromEntries(
    Object.entries(of.facts).flatMap(([fact, value]) => {
      const seenBy = threadsOf(procedure, fact)
      if (seenBy === undefined || hasOneOf(of, party, seenBy)) return [[fact, value]]
      const own = ownAlone(value, party)
      return Object.keys(own).length === 0 ? [] : [[fact, own]]
    }),
  )
  const made = Object.fromEntries(
    Object.entries(of.made).flatMap(([name, parties]) => {
      const seen = parties.filter((by) => seesMove(procedure, of, { name, by, body: {} }, party))
      return seen.length === 0 ? [] : [[name, seen]]
    }),
  )
  const eachClocks = Object.entries(of.eachClocks ?? {}).flatMap(([name, clocks]) => {
    const role = procedure.clocks[name]?.binds ?? ''
    const seen = Object.entries(clocks).filter(([other]) => knowsOf(procedure, of, party, role, other))
    return seen.length === 0 ? [] : [[name, Object.fromEntries(seen)]]
  })
  const { eachClocks: _, ...rest } = of
  return { ...rest, roles, facts, made, ...(eachClocks.length > 0 && { eachClocks: Object.fromEntries(eachClocks) }) }
}

/** Roles that see a move which is one of a thread; undefined where all parties do. */
function rolesSeeing(
  procedure: Procedure,
  of: Pick<Case, 'roles'>,
  { name, by }: SightedMove,
): readonly string[] | undefined {
  if (!isCommonMove(name)) return moveOf(procedure, name).seenBy
  // What is said by one whom not all know of is said in its thread.
  const own = Object.entries(procedure.roles).filter(([role]) => of.roles[role]?.includes(by) === true)
  if (own.length === 0 || own.some(([, { knownTo }]) => knownTo === undefined)) return undefined
  return [...new Set(own.flatMap(([, { knownTo = [] }]) => knownTo))]
}

/** Roles that see a fact which threads collect; undefined for one that all see. */
function threadsOf({ moves }: Procedure, fact: string): readonly string[] | undefined {
  const collecting = Object.values(moves).find(
    ({ collects = [], seenBy }: MoveDefinition) => seenBy !== undefined && collects.includes(fact),
  )
  return collecting?.seenBy
}

/** Of a fact by party the value of one. */
function ownAlone(value: unknown, party: string): Readonly<Record<string, unknown>> {
  // Safe: a fact that is collected is a record from party to value.
  const all = value as Readonly<Record<string, unknown>>
  return Object.hasOwn(all, party) ? { [party]: all[party] } : {}
}

function hasRole({ roles }: Pick<Case, 'roles'>, party: string): boolean {
  return Object.values(roles).some((parties) => parties.includes(party))
}

function hasOneOf({ roles }: Pick<Case, 'roles'>, party: string, some: readonly string[]): boolean {
  return some.some((role) => roles[role]?.includes(party) === true)
}
