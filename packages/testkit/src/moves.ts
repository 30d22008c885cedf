import { formatTlogProof } from '@comity/log'
import type { ComityNode } from '@comity/node'
import { type CorePayloads, digestText } from '@comity/statement'

/**
 * What a party that moved shows at its new home: that the log it left has the statement of its move, under that log's
 * newest checkpoint.
 */
export function continuationOf(left: ComityNode, move: { readonly index: number }): CorePayloads['continuation'] {
  const { size, root, note } = left.head
  const proof = left.ledger.tree.inclusionProof(move.index, size)
  return {
    predecessor: { origin: left.origin, size, root: digestText(root) },
    reason: 'moved',
    checkpoint: note,
    proof: formatTlogProof({ index: move.index, proof, checkpoint: note }),
  }
}
