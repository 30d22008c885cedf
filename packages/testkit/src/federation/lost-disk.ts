import type { RecoveryOutcome } from '@comity/node'
import type { Published } from './deeds.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** A node that loses its disk, comes back from an old backup, and asks those who mirror it for the rest. */
export class LostDisk {
  readonly node: SimulatedNode
  #isRecovered = false

  private constructor(node: SimulatedNode) {
    this.node = node
  }

  /** Makes the backup that the node will come back from. */
  static async of(node: SimulatedNode): Promise<LostDisk> {
    await node.backUp()
    return new LostDisk(node)
  }

  /** It lost its disk and has all of its log again. */
  get isRecovered(): boolean {
    return this.#isRecovered
  }

  /**
   * Loses the disk, as soon as somebody among `others` has all that was on it: what nobody has is gone for good, and no
   * business of a simulation. After that asks for it once more. `turning` lets the network work meanwhile.
   */
  async goOn(
    others: readonly SimulatedNode[],
    published: readonly Published[],
    turning: (work: Promise<RecoveryOutcome>) => Promise<RecoveryOutcome>,
  ): Promise<void> {
    const { node } = this
    if (this.#isRecovered || !node.isUp) return
    if (node.isFrozen) this.#isRecovered = (await turning(node.recover())) === 'resumed'
    else if (others.some((other) => keeps(other, node, published))) await node.restore()
  }
}

/** Whether a peer of a node holds its whole log and every document of it. */
function keeps(peer: SimulatedNode, { node }: SimulatedNode, published: readonly Published[]): boolean {
  if (!peer.isUp || node.peers.find(peer.keeper.origin) === undefined) return false
  const complete = peer.node.mirrors.find(node.origin)?.copy.complete
  const documents = published.filter(({ origin }) => origin === node.origin)
  const hasDocuments = documents.every(({ digest }) => peer.node.documents.status(digest) !== 'absent')
  return complete?.size === node.head.size && hasDocuments
}
