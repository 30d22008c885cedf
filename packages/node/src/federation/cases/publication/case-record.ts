/**
 * What of a private case is public, as a document of a `record` statement. Canonical JSON (RFC 8785), statements in
 * base64url:
 *
 *     {"case":"urn:comity:case:…","format":"comity case record 1",
 *      "orders":[{"fields":[…],"move":"<COSE_Sign1>","order":"<COSE_Sign1>"},{"order":"<COSE_Sign1>"},…],"procedure":"…/1"}
 *
 * All orders of the common chain up to the newest stand in it, in their order; those whose moves are public with the move.
 * So whoever has the record sees how many moves all parties saw, when each took effect, and that none of what is public
 * is left out; and nothing of the others.
 */
import { type Procedure, moveVisibilityIn, visibilityIn } from '@comity/procedures'
import { type SealedField, canonicalJsonBytes } from '@comity/statement'

/** Media type of the document. */
export const caseRecordType = 'application/vnd.comity.case-record+json'

/** An order with what it orders. */
export interface RecordedOrder {
  readonly order: string
  readonly move: string
  readonly name: string
  readonly fields: readonly SealedField[]
}

/** Moves that are public in a case which has been in these states. */
export function publicMoves(procedure: Procedure, states: readonly string[], names: readonly string[]): number {
  return names.filter((name) => moveVisibilityIn(procedure, name, states) === 'public').length
}

/** The document; `orders` are those of the common chain, in its order. */
export function caseRecordOf(
  procedure: Procedure,
  {
    urn,
    states,
    orders,
  }: { readonly urn: string; readonly states: readonly string[]; readonly orders: readonly RecordedOrder[] },
): Uint8Array {
  const shown = orders.map(({ order, move, name, fields }) =>
    moveVisibilityIn(procedure, name, states) === 'public'
      ? {
          order,
          move,
          fields: fields.filter((field) => visibilityIn(procedure, name, field.name, states) === 'public'),
        }
      : { order },
  )
  return canonicalJsonBytes({
    case: urn,
    format: 'comity case record 1',
    orders: shown,
    procedure: `${procedure.name}/${procedure.version}`,
  })
}
