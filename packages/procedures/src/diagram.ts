import { following, type MoveDefinition, type Procedure } from './definition.ts'

/** The states of a procedure and the moves between them, as a Mermaid state diagram. Moves that lead the same way share a line. */
export function diagramOf({ states, moves }: Procedure): string {
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
  for (const [way, labels] of ways) lines.push(`  ${way}: ${labels.join('<br/>')}`)
  for (const [name, { isEnd }] of Object.entries(states)) if (isEnd === true) lines.push(`  ${idOf(name)} --> [*]`)
  return `${lines.join('\n')}\n`
}

function labelOf(name: string, { by, after }: MoveDefinition): string {
  const who = by === 'anyone' ? by : by.join(', ')
  return `${name} (${who})${after === undefined ? '' : `, after ${after}`}`
}

/** Names of states as Mermaid takes them. */
function idOf(state: string): string {
  return state.replaceAll('-', '_')
}
