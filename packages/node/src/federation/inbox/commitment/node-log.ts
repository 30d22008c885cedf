import { decodeStatement, parseDigest } from '@comity/statement'
import { crypto } from '../../../crypto-port.ts'
import type { ComityNode } from '../../../node.ts'
import type { CommitmentLog } from './committer.ts'

/** The node's own log, as commitments go into it. */
export function commitmentLog(node: ComityNode): CommitmentLog {
  const first = node.reader.prepare('SELECT at FROM batch WHERE log = 0 ORDER BY position LIMIT 1').get()
  const keeper = node.reader.prepare('SELECT party FROM entry WHERE position = 0').get()
  const newest = node.reader.prepare(
    "SELECT iat FROM entry WHERE party = ? AND kind = 'commitment' ORDER BY position DESC LIMIT 1",
  )
  return {
    foundedAt: Number(first?.['at'] ?? 0),
    lastHour: () => Number(newest.get(Number(keeper?.['party'] ?? 0))?.['iat'] ?? 0),
    commit: (hour, root) => node.submit(commitmentStatement(node, hour, root)),
  }
}

/** A registered commitment as the log holds it, with its first receipt; undefined where the log does not have it. */
export function registeredCommitment(
  node: ComityNode,
  hour: number,
  root: string,
): { readonly leaf: Uint8Array; readonly receipt: Uint8Array } | undefined {
  if (parseDigest(root) === undefined) return undefined
  // Signing it again gives the same identifier, which the signature has no part in.
  const { id } = decodeStatement(commitmentStatement(node, hour, root), crypto)
  const found = node.find(id)
  return found === undefined ? undefined : { leaf: node.ledger.leaf(found.index), receipt: node.receipt(found) }
}

function commitmentStatement(node: ComityNode, hour: number, root: string): Uint8Array {
  return node.signFor('commitment', node.origin, hour, { hour, root })
}
