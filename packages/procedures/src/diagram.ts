import { following, type MoveDefinition, type Procedure } from './definition.ts'

/** The states of a procedure and the moves between them, as a Mermaid state diagram. Moves that lead the same way share a line. */
export function diagramOf({ roles, states, moves, clocks }: Procedure): string {
  const lines = ['stateDiagram-v2', '  direction TB']
  for (const [name, { title }] of Object.entries(states)) lines.push(`  ${idOf(name)}: ${title}`)
  const ways = new Map<string, string[]>()
  for (const [name, move] of Object.entries(moves)) {
    for (const from of move.from === 'opening' ? [''] : move.from) {
      for (const to of following(move, from)) {
        const way = `${from === '' ? '[*]' : idOf(from)} --> ${idOf(to)}`
        ways.set(way, [...(ways.get(way) ?? []), labelOf(name, move)])
      }
    }
  }
  for (const [name, { term, starts }] of Object.entries(clocks)) {
    if (term === undefined) continue
    const running = new Set(starts.flatMap((start) => (moves[start] === undefined ? [] : statesOf(moves[start]))))
    for (const from of running) {
      const way = `${idOf(from)} --> ${idOf(term)}`
      ways.set(way, [...(ways.get(way) ?? []), `when ${name} has run out`])
    }
  }
  for (const [role, { leaves }] of Object.entries(roles)) {
    if (leaves === undefined) continue
    const deriving = Object.values(moves).filter(({ derives }) => derives?.facts.includes(leaves.fact) === true)
    for (const from of new Set(deriving.flatMap(statesOf))) {
      const way = `${idOf(from)} --> ${idOf(leaves.state)}`
      ways.set(way, [...(ways.get(way) ?? []), `when fewer than ${leaves.least} ${role} are left`])
    }
  }
  for (const [way, labels] of ways) lines.push(`  ${way}: ${labels.join('<br/>')}`)
  for (const [name, { isEnd }] of Object.entries(states)) if (isEnd === true) lines.push(`  ${idOf(name)} --> [*]`)
  return `${lines.join('\n')}\n`
}

/** The states in which a move leaves a case. */
function statesOf(move: MoveDefinition): readonly string[] {
  return move.from === 'opening' ? following(move, '') : move.from.flatMap((from) => following(move, from))
}

function labelOf(name: string, { by, after }: MoveDefinition): string {
  const who = by === 'anyone' ? by : by.join(', ')
  return `${name} (${who})${after === undefined ? '' : `, after ${after}`}`
}

/** Names of states as Mermaid takes them. */
function idOf(state: string): string {
  return state.replaceAll('-', '_')
}
