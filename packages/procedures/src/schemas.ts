/** The JSON Schemas of what moves say, each by a name of its own: for an interface description, and for whoever validates. */
import type { TObject } from 'typebox'
import { commonBodies, isCommonMove } from './common-moves.ts'
import { type MoveDefinition, moveOf, type Procedure } from './definition.ts'

/** A JSON Schema (2020-12) as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** The schema of a move's body. Throws ProcedureError `unknown-move`. */
export function bodySchemaOf(procedure: Procedure, name: string): JsonSchema {
  return asJsonSchema(isCommonMove(name) ? commonBodies[name] : moveOf(procedure, name).body)
}

/**
 * The bodies of all moves by name: `move.dispute.notify` of the newest version of a procedure, `move.dispute.1.notify` of
 * older ones, `move.reply` of what every procedure has. Moves that a statement of another kind makes are left out: that
 * kind has a schema of its own.
 */
export function schemasByName(procedures: readonly Procedure[]): Readonly<Record<string, JsonSchema>> {
  const own = procedures.flatMap((procedure) => {
    const { name, version } = procedure
    const isNewest = procedures.every((other) => other.name !== name || other.version <= version)
    const prefix = isNewest ? `move.${name}` : `move.${name}.${version}`
    return Object.entries(procedure.moves)
      .filter(([, move]) => isMadeByMove(move))
      .map(([move, { title, body }]): readonly [string, JsonSchema] => [
        `${prefix}.${move}`,
        { title, ...asJsonSchema(body) },
      ])
  })
  const common = Object.entries(commonBodies).map(([move, body]): readonly [string, JsonSchema] => [
    `move.${move}`,
    asJsonSchema(body),
  ])
  return Object.fromEntries([...own, ...common])
}

/** Whether a statement of kind `move` makes it. */
export function isMadeByMove({ kinds }: MoveDefinition): boolean {
  return kinds === undefined || kinds.includes('move')
}

/** A TypeBox schema is a JSON Schema; what it carries beside is none of JSON. */
function asJsonSchema(schema: TObject): JsonSchema {
  return JSON.parse(JSON.stringify(schema))
}
