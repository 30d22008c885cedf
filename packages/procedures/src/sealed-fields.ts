/** Which fields of a private move its statement names by a salted digest, so that it can be shown without them. */
import { isCommonMove } from './common-moves.ts'
import { type MoveDefinition, moveOf, type Procedure, visibilityOf } from './definition.ts'

/** Fields of a move that some do not see who see the move, now or once it is public. Throws ProcedureError `unknown-move`. */
export function sealedFieldsOf(procedure: Procedure, name: string): readonly string[] {
  return fieldsOf(procedure, name).flatMap(([field, seen, move]) =>
    seen === 'sealed' || (seen === 'parties' && isEverPublic(procedure, move)) ? [field] : [],
  )
}

/** Fields that the author of a move and whoever keeps the seat see, and nobody else. Throws ProcedureError `unknown-move`. */
export function secretFieldsOf(procedure: Procedure, name: string): readonly string[] {
  return fieldsOf(procedure, name).flatMap(([field, seen]) => (seen === 'sealed' ? [field] : []))
}

function fieldsOf(procedure: Procedure, name: string) {
  if (procedure.visibility === 'public' || isCommonMove(name)) return []
  const move = moveOf(procedure, name)
  return Object.entries(move.fields ?? {}).map(([field, seen]) => [field, seen, move] as const)
}

function isEverPublic(procedure: Procedure, move: MoveDefinition): boolean {
  return visibilityOf(procedure, move) === 'public' || (move.publicWith?.length ?? 0) > 0
}
