import type { OrderPayload } from '@comity/statement'
import { NodeError } from '../../../node-error.ts'
import type { CaseForkSeen } from '../record/case-event.ts'
import type { CaseReader, KeptCase } from '../record/case-reader.ts'
import type { OpenedMove } from './opened-move.ts'
import { commonChain, headOf } from './place.ts'

/**
 * Why an order cannot stand beside those that are here: another has its place, or its author has seen one that this chain
 * does not have. Undefined where it is the next one. Throws `order-gap` where something before it is only missing.
 */
export function contradictionTo(
  reader: CaseReader,
  known: KeptCase | undefined,
  { thread = commonChain, n, previous, common }: OrderPayload,
  { payload: { after } }: OpenedMove,
): CaseForkSeen['why'] | undefined {
  const head = known && headOf(known.row, thread)
  const next = head === undefined ? 0 : head.n + 1
  if (n > next) throw gap()
  if (n < next || previous !== head?.id) return 'second-order'
  const has = (id: string): boolean => known !== undefined && reader.order(known, id)?.row.thread === commonChain
  if (common !== undefined && !has(common)) throw gap()
  return after === undefined || has(after) ? undefined : 'unknown-order'
}

function gap(): NodeError {
  return new NodeError('order-gap', 'what the seat ordered before this has not come yet: bring that first')
}
