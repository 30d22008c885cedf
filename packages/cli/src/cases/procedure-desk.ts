/** The procedures as the verbs use them. The room is loaded when it is asked for: its holidays and zones take time. */
import type { CommonMove, MoveDefinition, Procedure } from '@comity/procedures'
import { CliError } from '../cli-error.ts'
import type { FieldSchema } from './body-fields.ts'

/** The room, loaded once somebody needs it. */
export function procedureRoom() {
  return import('@comity/procedures')
}

/** One move of a procedure, those that every case has among them. */
export interface ProcedureMove {
  readonly name: string
  readonly title: string
  readonly body: FieldSchema
  /** Absent of a move that every case has. */
  readonly definition?: MoveDefinition
}

/** A procedure by its name, the newest version, or by a version's name. Throws CliError `usage` with those there are. */
export async function procedureFrom(text: string): Promise<Procedure> {
  const { newestOf, procedureOf, ProcedureError } = await procedureRoom()
  try {
    return text.includes('/') ? procedureOf(text) : newestOf(text)
  } catch (error) {
    if (!(error instanceof ProcedureError)) throw error
    throw new CliError('usage', error.message, { inner: error.code, cause: error })
  }
}

/** Every move of a procedure, its own first. */
export async function movesOf(procedure: Procedure): Promise<readonly ProcedureMove[]> {
  const { commonBodies, commonTitles } = await procedureRoom()
  return [
    ...Object.entries(procedure.moves).map(([name, definition]) => ({
      name,
      title: definition.title,
      body: schemaOf(definition.body),
      definition,
    })),
    ...commonMoves
      .filter((name) => procedure.common?.includes(name) ?? true)
      .map((name) => ({ name, title: commonTitles[name], body: schemaOf(commonBodies[name]) })),
  ]
}

const commonMoves: readonly CommonMove[] = ['reply', 'withdraw', 'propose', 'accept']

/** Some moves are made by statements of a kind of their own, which have a verb of their own. */
export function verbsOf(kinds: readonly string[]): string {
  return kinds.map((kind) => `"${ownVerbs[kind] ?? `comity sign ${kind}`}"`).join(' or ')
}

const ownVerbs: Readonly<Record<string, string>> = {
  adherence: 'comity adhere',
  support: 'comity support',
  advisory: 'comity advisory publish',
  acknowledgement: 'comity acknowledge',
}

/** Throws CliError `usage` with the moves there are. */
export async function moveFrom(procedure: Procedure, name: string): Promise<ProcedureMove> {
  const moves = await movesOf(procedure)
  const found = moves.find((each) => each.name === name)
  if (found !== undefined) return found
  throw new CliError('usage', `${procedure.name} has no move "${name}": ${moves.map((each) => each.name).join(', ')}`, {
    inner: 'unknown-move',
  })
}

/** Moves that open a case, by name. */
export function openingsOf({ moves }: Procedure): readonly string[] {
  return Object.entries(moves).flatMap(([name, { from }]) => (from === 'opening' ? [name] : []))
}

function schemaOf(body: MoveDefinition['body']): FieldSchema {
  // TypeBox's schemas are JSON Schemas, and the bodies of moves use no more of those than this.
  return body as FieldSchema
}
