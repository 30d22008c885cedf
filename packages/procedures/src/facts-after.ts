/** What a case knows after a move: what the move keeps, collects, derives and lets begin anew. */
import { type Case, type Move, standingOf } from './case.ts'
import type { GuardLook, MoveDefinition } from './definition.ts'

/** What a guard, a choice or a derivation sees of a case: the facts that it names, and no others. */
export function lookAt(reads: readonly string[], of: Case, { name, statement, body, by, at }: Move): GuardLook {
  const standings = Object.entries(of.clocks).map(([clock, running]) => [
    clock,
    standingOf(running, at, of.suspendedAt),
  ])
  return {
    facts: only(reads, of.facts),
    body,
    by,
    statement,
    made: of.made[name] ?? [],
    clocks: Object.fromEntries(standings),
    roles: of.roles,
    at,
    place: of.place,
  }
}

/** Whether a move says something else than those before it in a round in which all have to say the same. */
export function saysOtherwise({ agreeOn = [] }: MoveDefinition, { facts }: Case, { body }: Move): boolean {
  return agreeOn.some((field) => JSON.stringify(facts[field]) !== JSON.stringify(body[field]))
}

/** The case without what a move lets begin anew. */
export function begunAnew(definition: MoveDefinition, of: Case, move: Move): Case {
  const { resets = [], agreeOn = [] } = definition
  const ends = new Set(resets)
  if ((of.made[move.name]?.length ?? 0) > 0 && saysOtherwise(definition, of, move)) ends.add(move.name)
  // What is not said this time was not kept either: nothing of another round stays.
  const anew = new Set([...ends, ...agreeOn])
  if (anew.size === 0) return of
  const rest = <T>(from: Readonly<Record<string, T>>, without: ReadonlySet<string>): Readonly<Record<string, T>> =>
    Object.fromEntries(Object.entries(from).filter(([name]) => !without.has(name)))
  return { ...of, facts: rest(of.facts, anew), made: rest(of.made, ends) }
}

export function factsAfter(
  { keeps = [], collects: all = [], derives, seenBy }: MoveDefinition,
  of: Case,
  move: Move,
): Case['facts'] {
  // What a thread says nothing of leaves no mark that others could miss.
  const collects = seenBy === undefined ? all : all.filter((field) => Object.hasOwn(move.body, field))
  return {
    ...of.facts,
    ...only(keeps, move.body),
    ...collected(collects, of.facts, move),
    ...(derives === undefined ? {} : only(derives.facts, derives.from(lookAt(derives.reads, of, move)))),
  }
}

/** Facts from party to value, with those of this move's author. */
function collected(collects: readonly string[], facts: Case['facts'], { by, body }: Move): Case['facts'] {
  return Object.fromEntries(
    collects.map((field) => {
      // Safe: nothing but this function writes the fact of that name.
      const before = (facts[field] ?? {}) as Readonly<Record<string, unknown>>
      return [field, Object.hasOwn(body, field) ? { ...before, [by]: body[field] } : before]
    }),
  )
}

function only(names: readonly string[], from: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(from, name) ? [[name, from[name]]] : [])))
}
