/** What a move of a private case has to be, whoever looks at it: nothing of the case is asked. */
import { type Procedure, procedureOf, requireBrought, requireForm, sealedFieldsOf } from '@comity/procedures'
import { parseCaseUrn } from '@comity/statement'
import { NodeError } from '../../../node-error.ts'
import { isOpening } from '../../../judge/move-rules.ts'
import type { OpenedMove } from './opened-move.ts'

/**
 * The procedure of a private move whose form is right.
 *
 * Throws ProcedureError `unknown-procedure`, `unknown-move`, `wrong-kind`, `bad-body`, `guarded`; NodeError
 * `case-is-public`, `not-yours`, `bad-body`.
 */
export function requirePrivateMove(opened: OpenedMove): Procedure {
  const { payload, body, hidden, statement } = opened
  const { procedure: version, move: name, documents = [] } = payload
  const procedure = procedureOf(version)
  if (procedure.visibility === 'public')
    throw new NodeError(
      'case-is-public',
      `cases of ${version} are public: register the move in a log, as any statement`,
    )
  if (documents.length > 0 || (Array.isArray(body['documents']) && body['documents'].length > 0))
    throw new NodeError(
      'bad-body',
      'documents are public by their digest: a file of a private case goes as attachment of a sealed message',
      { pointer: '/documents' },
    )
  requireForm(procedure, { name, body, hidden })
  requireBrought(procedure, { name, body, documents })
  requireSealed(procedure, opened)
  if (!isOpening(procedure, name)) return procedure
  const party = parseCaseUrn(statement.sub)?.party
  if (party !== statement.iss)
    throw new NodeError(
      'not-yours',
      `the case ${statement.sub} is for ${String(party)} to open, not for ${statement.iss}`,
    )
  return procedure
}

/** What a definition keeps from some is sealed, and nothing else is: else the digests would say what was left out. */
function requireSealed(procedure: Procedure, { payload }: OpenedMove): void {
  const { move: name, body, sealed = {} } = payload
  const wanted = sealedFieldsOf(procedure, name)
  const open = wanted.find((field) => Object.hasOwn(body, field))
  if (open !== undefined)
    throw new NodeError('bad-body', `${name}: ${open} is not for everybody who sees the move: name it under sealed`, {
      pointer: `/body/${open}`,
    })
  const other = Object.keys(sealed).find((field) => !wanted.includes(field))
  if (other !== undefined)
    throw new NodeError('bad-body', `${name}: who sees the move sees ${other}: it stands in the body`, {
      pointer: `/sealed/${other}`,
    })
}

/** The party whose node orders the case: the opener, or whom the opening move binds to the role of the seat. */
export function seatPartyOf({ seat, moves }: Procedure, { payload, body, statement }: OpenedMove): string | undefined {
  if (seat === 'opener' || moves[payload.move]?.joins === seat) return statement.iss
  const field = Object.entries(moves[payload.move]?.binds ?? {}).find(([, role]) => role === seat)?.[0]
  const named = field === undefined ? undefined : body[field]
  const first: unknown = Array.isArray(named) ? named[0] : named
  return typeof first === 'string' ? first : undefined
}
