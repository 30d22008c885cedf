import { faultsOfThreads } from './check-threads.ts'
import { isCommonMove } from './common-moves.ts'
import {
  type ChosenLength,
  type Citation,
  following,
  type MoveDefinition,
  type Procedure,
  visibilityOf,
} from './definition.ts'
import { ProcedureError } from './procedure-error.ts'

/** How many see it, from all to those alone who take part and say nothing of it. */
const secrecy = { public: 0, parties: 1, sealed: 2 } as const

/**
 * What is wrong with a definition, as sentences; none where all is well. Looked at in tests and at every start, since a
 * procedure that somebody adds must not strand the first case that is opened under it.
 */
export function faultsOf(procedure: Procedure): readonly string[] {
  return [
    ...faultsOfStates(procedure),
    ...faultsOfMoves(procedure),
    ...faultsOfClocks(procedure),
    ...faultsOfGuards(procedure),
    ...faultsOfThreads(procedure),
    ...faultsOfSources(procedure),
  ].map((fault) => `${procedure.name}: ${fault}`)
}

/** Throws ProcedureError `bad-definition` with every fault of it. */
export function requireSound(procedure: Procedure): void {
  const faults = faultsOf(procedure)
  if (faults.length > 0) throw new ProcedureError('bad-definition', faults.join('\n'))
}

function faultsOfStates({ states, moves, clocks }: Procedure): string[] {
  const faults: string[] = []
  const all = Object.values(moves)
  const reached = new Set<string>()
  /** States that terms bring about, and in which these may run. */
  const terms = Object.values(clocks).flatMap(({ term, starts }) =>
    term === undefined ? [] : [{ term, runsIn: starts.flatMap((start) => statesAfter(moves, states, start)) }],
  )
  const termsIn = (state: string): readonly string[] =>
    states[state]?.isEnd === true ? [] : terms.flatMap(({ term, runsIn }) => (runsIn.includes(state) ? [term] : []))
  const reach = (state: string): void => {
    if (reached.has(state)) return
    reached.add(state)
    for (const move of all) if (isFrom(move, state)) for (const next of following(move, state)) reach(next)
    for (const term of termsIn(state)) reach(term)
  }
  const openings = all.filter(({ from }) => from === 'opening')
  if (openings.length === 0) faults.push('no move opens a case')
  for (const opening of openings) for (const state of following(opening, '')) reach(state)
  for (const [name, { isEnd }] of Object.entries(states)) {
    if (!reached.has(name)) faults.push(`no moves lead to the state ${name}`)
    const goesOn =
      all.some((move) => isFrom(move, name) && following(move, name).some((next) => next !== name)) ||
      termsIn(name).some((next) => next !== name)
    if (isEnd === true && all.some((move) => isFrom(move, name)))
      faults.push(`${name} is an end, and moves start there`)
    if (isEnd !== true && !goesOn) faults.push(`nothing leads out of the state ${name}, and it is no end`)
  }
  for (const state of reached)
    if (!Object.hasOwn(states, state)) faults.push(`a move leads to "${state}", which is no state`)
  return faults
}

function isFrom({ from }: MoveDefinition, state: string): boolean {
  return from !== 'opening' && from.includes(state)
}

function faultsOfMoves({ moves, states, roles, clocks, seat }: Procedure): string[] {
  const faults: string[] = []
  const bound = new Set(
    Object.values(moves).flatMap(({ binds = {}, joins }) => [
      ...Object.values(binds),
      ...(joins === undefined ? [] : [joins]),
    ]),
  )
  for (const [role, { leaves }] of Object.entries(roles)) {
    if (!bound.has(role)) faults.push(`nobody ever has the role ${role}`)
    if (leaves === undefined) continue
    if (!Object.hasOwn(states, leaves.state))
      faults.push(`who leaves ${role} leads to ${leaves.state}, which is no state`)
    if (!Object.values(moves).some(({ derives }) => derives?.facts.includes(leaves.fact) === true))
      faults.push(`${role} is left by ${leaves.fact}, which no move derives`)
    if (!Object.hasOwn(clocks, leaves.clock)) faults.push(`${role} is left by ${leaves.clock}, which is no clock`)
  }
  if (seat !== 'opener') {
    const openings = Object.values(moves).filter(({ from }) => from === 'opening')
    const isBound = openings.every(({ binds = {}, joins }) => joins === seat || Object.values(binds).includes(seat))
    if (!isBound) faults.push(`the seat is that of ${seat}, whom not every opening move names`)
  }
  for (const [name, move] of Object.entries(moves)) {
    const { properties } = move.body
    if (isCommonMove(name)) faults.push(`${name} is a move that every procedure has: give it another name`)
    if (move.by === 'anyone' && move.joins === undefined) faults.push(`${name} is for anyone, and gives no role`)
    if (move.from === 'opening' && move.joins === undefined)
      faults.push(`${name} opens a case, and gives its author no role`)
    if (Array.isArray(move.to) && move.decide === undefined)
      faults.push(`${name} may lead to several states: say which`)
    if (move.from === 'opening' && move.to === 'same') faults.push(`${name} opens a case, and leads to no state`)
    if (move.after !== undefined && !Object.hasOwn(clocks, move.after))
      faults.push(`${name} waits for ${move.after}, which is no clock`)
    if (move.within !== undefined && !Object.hasOwn(clocks, move.within))
      faults.push(`${name} is possible within ${move.within}, which is no clock`)
    for (const field of move.agreeOn ?? [])
      if (move.each !== true || move.keeps?.includes(field) !== true)
        faults.push(`${name} has to say the same ${field}, and is not one that each makes and that keeps it`)
    for (const role of move.frees ?? [])
      if (!Object.hasOwn(roles, role)) faults.push(`${name} frees ${role}, which is no role`)
    for (const each of move.resets ?? []) {
      const isKnown =
        Object.hasOwn(moves, each) ||
        Object.values(moves).some(({ keeps = [], collects = [], derives }) =>
          [...keeps, ...collects, ...(derives?.facts ?? [])].includes(each),
        )
      if (!isKnown) faults.push(`${name} lets ${each} begin anew, which is no move and nothing that one keeps`)
    }
    for (const field of [
      ...(move.keeps ?? []),
      ...(move.collects ?? []),
      ...(move.brings ?? []),
      ...Object.keys(move.fields ?? {}),
      ...Object.keys(move.binds ?? {}),
    ])
      if (!Object.hasOwn(properties, field)) faults.push(`${name} has no field ${field}`)
    for (const state of move.publicWith ?? [])
      if (!Object.hasOwn(states, state)) faults.push(`${name} becomes public with ${state}, which is no state`)
  }
  return faults
}

function faultsOfClocks({ clocks, moves, roles, states }: Procedure): string[] {
  const faults: string[] = []
  for (const [name, clock] of Object.entries(clocks)) {
    if (clock.starts.length === 0) faults.push(`nothing starts the clock ${name}`)
    if (!Object.hasOwn(roles, clock.binds)) faults.push(`the clock ${name} binds ${clock.binds}, which is no role`)
    for (const start of clock.starts) {
      const from = clock.from
      if (from !== undefined && !Object.hasOwn(moves[start]?.body.properties ?? {}, from))
        faults.push(`the clock ${name} counts from ${from}, which ${start} does not say`)
    }
    if (clock.term !== undefined && !Object.hasOwn(states, clock.term))
      faults.push(`the term ${name} leads to ${clock.term}, which is no state`)
    for (const state of clock.spares ?? [])
      if (clock.term === undefined || !Object.hasOwn(states, state))
        faults.push(`the clock ${name} spares ${state}, and is no term or that is no state`)
    const { when, where } = clock
    if (when !== undefined && !clock.starts.some((start) => Object.hasOwn(moves[start]?.body.properties ?? {}, when)))
      faults.push(`the clock ${name} starts when ${when} is said, which no move that starts it says`)
    if (where !== undefined && !Object.values(moves).some(({ keeps }) => keeps?.includes(where.fact) === true))
      faults.push(`the clock ${name} depends on ${where.fact}, which no move keeps`)
    if (clock.lapse === '') faults.push(`nothing is said of what the lapse of ${name} opens`)
    for (const opened of clock.opens)
      if (moves[opened]?.after !== name) faults.push(`the lapse of ${name} opens ${opened}, which does not wait for it`)
    for (const [move, { after }] of Object.entries(moves))
      if (after === name && !clock.opens.includes(move))
        faults.push(`${move} waits for ${name}, which does not name it`)
    // Where the clock may run, and nothing else is possible, its lapse must lead somewhere.
    const runsIn = new Set(clock.starts.flatMap((start) => statesAfter(moves, states, start)))
    for (const opened of clock.opens) {
      const from = moves[opened]?.from ?? []
      if (from !== 'opening' && !from.some((state) => runsIn.has(state)))
        faults.push(`the lapse of ${name} opens ${opened}, which is possible in no state where the clock runs`)
    }
    const { length } = clock
    const isSaid = (start: string): boolean =>
      'until' in length && Object.hasOwn(moves[start]?.body.properties ?? {}, length.until)
    if ('until' in length && !clock.starts.every(isSaid))
      faults.push(`the clock ${name} ends with ${length.until}, which not every move that starts it says`)
    faults.push(...faultsOfChoice(name, length, moves))
  }
  return faults
}

/** States in which a case may be after a move, until its end. */
function statesAfter(moves: Procedure['moves'], states: Procedure['states'], start: string): readonly string[] {
  const first = moves[start]
  if (first === undefined) return []
  const found = new Set<string>()
  const visit = (state: string): void => {
    if (found.has(state)) return
    found.add(state)
    for (const move of Object.values(moves))
      if (isFrom(move, state)) for (const next of following(move, state)) visit(next)
  }
  const froms = first.from === 'opening' ? [''] : first.from
  for (const from of froms) for (const state of following(first, from)) visit(state)
  return [...found].filter((state) => Object.hasOwn(states, state))
}

function faultsOfChoice(clock: string, length: object, moves: Procedure['moves']): string[] {
  if (!('by' in length)) return []
  const { by } = length as ChosenLength // it has the member that only this form has
  const isKept = Object.values(moves).some(({ keeps }) => keeps?.includes(by) === true)
  return isKept ? [] : [`the length of ${clock} depends on ${by}, which no move keeps`]
}

/** A guard may rest on nothing that those who check the move cannot see. */
function faultsOfGuards(procedure: Procedure): string[] {
  const faults: string[] = []
  for (const [name, move] of Object.entries(procedure.moves)) {
    const reads = [
      ...(move.guard?.reads ?? []),
      ...(move.decide?.reads ?? []),
      ...(move.derives?.reads ?? []),
      ...(move.agreeOn ?? []),
    ]
    for (const read of new Set(reads)) {
      const keepers = Object.values(procedure.moves).filter(
        ({ keeps = [], collects = [], derives }) =>
          keeps.includes(read) || collects.includes(read) || derives?.facts.includes(read) === true,
      )
      if (keepers.length === 0) faults.push(`${name} looks at ${read}, which no move keeps`)
      for (const keeper of keepers) {
        const isPublicThen = keeper.publicWith?.some((state) => state === move.to) === true
        const hidden = keeper.fields?.[read] ?? (isPublicThen ? 'public' : visibilityOf(procedure, keeper))
        if (secrecy[hidden] > secrecy[visibilityOf(procedure, move)])
          faults.push(`${name} looks at ${read}, which fewer people see than the move`)
      }
    }
  }
  return faults
}

function faultsOfSources({ clocks, moves, sources }: Procedure): string[] {
  const uncited = Object.entries(clocks).filter(([, { source }]) => isEmpty(source))
  const empty = Object.entries(moves).filter(([, { cites = [] }]) => cites.some(isEmpty))
  return [
    ...uncited.map(([name]) => `the clock ${name} names no source`),
    ...empty.map(([name]) => `a citation of ${name} is empty`),
    ...(sources.length === 0 ? ['it names no source'] : []),
  ]
}

function isEmpty({ text }: Citation): boolean {
  return text.trim() === ''
}
