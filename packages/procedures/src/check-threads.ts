import type { MoveDefinition, Procedure } from './definition.ts'

/**
 * What is wrong with the threads of a procedure. What not all parties see must leave alone what all of them see: else each
 * would come to another case, and none could check the others'.
 */
export function faultsOfThreads(procedure: Procedure): string[] {
  const { moves, roles, clocks, common } = procedure
  const faults: string[] = []
  for (const [name, { knownTo, isBystander, leaves }] of Object.entries(roles)) {
    if (knownTo === undefined) continue
    for (const role of knownTo)
      if (!Object.hasOwn(roles, role)) faults.push(`${name} is known to ${role}, which is no role`)
    const agrees = common === undefined || common.includes('accept')
    if (agrees && isBystander !== true)
      faults.push(`not all learn who has the role ${name}, and what the parties agree on asks for its word`)
    if (leaves !== undefined)
      faults.push(`not all learn who has the role ${name}, and leaving it ends the case for all`)
  }
  for (const [name, move] of Object.entries(moves)) {
    faults.push(...faultsOfNames(name, move))
    faults.push(
      ...(move.seenBy === undefined ? faultsInSight(procedure, name, move) : faultsOfThread(procedure, name, move)),
    )
  }
  for (const [name, { isEach, term, opens, starts, stops }] of Object.entries(clocks)) {
    if (isEach === true) {
      if (term !== undefined) faults.push(`${name} is a clock of each party, and no term of the case`)
      if (opens.length > 0) faults.push(`${name} is a clock of each party, and its lapse opens a move of the case`)
      continue
    }
    for (const move of [...starts, ...stops])
      if (moves[move]?.seenBy !== undefined) faults.push(`${name} runs for all, and ${move} is not seen by all`)
  }
  return faults
}

function faultsOfNames(name: string, { names = [], body }: MoveDefinition): string[] {
  return names.flatMap((field) =>
    Object.hasOwn(body.properties, field) ? [] : [`${name} has no field ${field} that names a party`],
  )
}

/** A move that all see tells them its author and whom it binds. */
function faultsInSight({ roles }: Procedure, name: string, { by, joins, binds = {} }: MoveDefinition): string[] {
  const told = [...(by === 'anyone' ? [] : by), ...(joins === undefined ? [] : [joins]), ...Object.values(binds)]
  return [...new Set(told)].flatMap((role) =>
    roles[role]?.knownTo === undefined
      ? []
      : [`${name} is seen by all parties, and tells them who has the role ${role}`],
  )
}

function faultsOfThread({ roles, moves }: Procedure, name: string, move: MoveDefinition): string[] {
  const { seenBy = [], by, from, to, joins, binds = {}, names = [], keeps = [], collects = [] } = move
  const faults: string[] = []
  for (const role of seenBy)
    if (!Object.hasOwn(roles, role)) faults.push(`${name} is seen by ${role}, which is no role`)
  if (from === 'opening' || by === 'anyone') faults.push(`${name} is a thread, and its author has no role before it`)
  const changes: readonly (readonly [boolean, string])[] = [
    [to !== 'same', 'leads to another state'],
    [keeps.length > 0, 'keeps a fact of the case'],
    [move.derives !== undefined, 'derives facts of the case'],
    [move.resets !== undefined || move.frees !== undefined, 'lets something begin anew'],
    [move.each === true || move.agreeOn !== undefined, 'is made by each'],
    [move.visibility === 'public' || move.publicWith !== undefined, 'is public'],
    [
      (move.once === true || collects.length > 0) && names.length + Object.keys(binds).length > 0,
      'is noted for its author, and names others who see it',
    ],
  ]
  for (const [isSo, what] of changes) if (isSo) faults.push(`${name} is seen in a thread alone, and ${what}`)
  for (const role of [...(joins === undefined ? [] : [joins]), ...Object.values(binds)]) {
    const knownTo = roles[role]?.knownTo
    if (knownTo === undefined || !knownTo.every((each) => seenBy.includes(each)))
      faults.push(`${name} gives the role ${role}, and is not seen by all who are to know who has that`)
  }
  // Its author stands in it: who sees the thread learns of him.
  for (const role of by === 'anyone' ? [] : by) {
    const knownTo = roles[role]?.knownTo
    if (knownTo === undefined) continue
    for (const other of seenBy)
      if (!knownTo.includes(other)) faults.push(`${name} tells ${other} who has the role ${role}`)
    if (names.length > 0) faults.push(`${name} tells whom it names who has the role ${role}`)
  }
  for (const fact of collects) {
    const others = Object.values(moves).filter(({ collects: facts = [] }) => facts.includes(fact))
    if (others.some((other) => JSON.stringify(other.seenBy) !== JSON.stringify(seenBy)))
      faults.push(`${fact} is collected in threads that others see`)
  }
  return faults
}
