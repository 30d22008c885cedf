import { type Case, type Procedure, ProcedureError, isEnded, openCase, procedureOf, reduce } from '@comity/procedures'
import type { OrderPayload } from '@comity/statement'
import type { CaseRow, ChainHead } from '../record/case-rows.ts'
import { type OpenedMove, moveAt } from './opened-move.ts'

/** Where clocks run when the move that opens a case says nothing of it. */
const anywhere = { zone: 'UTC' }

/** An order as it was signed, and its id. */
export interface Placed {
  readonly id: string
  readonly payload: OrderPayload
}

/** The common chain has no thread. */
export const commonChain = ''

/** The order that the next one of a chain names. */
export function headOf({ heads }: Pick<CaseRow, 'heads'>, thread: string): ChainHead | undefined {
  return Object.hasOwn(heads, thread) ? heads[thread] : undefined
}

/** The case after a move, as whoever sees that much of it has it. Throws ProcedureError. */
export function caseAfter(
  procedure: Procedure,
  before: Case | undefined,
  opened: OpenedMove,
  { at, judged }: { readonly at: number; readonly judged: boolean },
): Case {
  const move = moveAt(opened, at, judged)
  if (before !== undefined) return reduce(procedure, before, move)
  const { seat, place = anywhere } = opened.payload
  return openCase(procedure, move, { seat, place })
}

/**
 * A case's row after an order. A move that the procedure does not allow here leaves the case as it was: the seat has
 * taken it all the same, which is noted.
 */
export function rowAfter(row: CaseRow, opened: OpenedMove, { id, payload }: Placed): CaseRow {
  // The seat judged it before it gave it a place, by more than others see.
  const { n, thread = commonChain, at } = payload
  const heads = { ...row.heads, [thread]: { n, id } }
  try {
    const procedure = procedureOf(opened.payload.procedure)
    const after = caseAfter(procedure, row.case, opened, { at, judged: true })
    const states = row.states.includes(after.state) ? row.states : [...row.states, after.state]
    const ended = row.ended > 0 ? row.ended : isEnded(procedure, after) ? after.movedAt : 0
    return { ...row, procedure: opened.payload.procedure, heads, case: after, states, ended }
  } catch (error) {
    if (!(error instanceof ProcedureError) && !(error instanceof RangeError)) throw error
    const code = error instanceof ProcedureError ? error.code : 'bad-body'
    return { ...row, heads, fault: row.fault ?? { order: id, code, detail: error.message } }
  }
}
