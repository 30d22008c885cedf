import type { Random } from './random.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** Peers of each node, about, beside those that everybody has; of one among many fewer, for each costs a copy. */
const peersEach = (nodes: number) => (nodes > 20 ? 2 : 4)

/**
 * Makes nodes peers of each other: all of the first, each of its neighbours in a ring and of some others by chance. The
 * next one in the ring is one's witness.
 */
export async function introduce(nodes: readonly SimulatedNode[], random: Random): Promise<void> {
  for (const [i, node] of nodes.entries()) {
    const others = nodes.filter((_, j) => j !== i && (j === 0 || random() < peersEach(nodes.length) / nodes.length))
    const next = nodes[(i + 1) % nodes.length]
    for (const other of new Set([...others, ...(next === undefined || next === node ? [] : [next])])) {
      // Each has one witness. Honest witnesses cosign what they see, so those of a forger may cosign either side.
      const witnessKeys = other === next ? other.node.witnessing.verifierKeys : []
      await node.node.peers.add({ url: other.url, keeper: other.keeper.urn, witnessKeys })
    }
  }
  // A witness cosigns the logs of its peers.
  for (const [i, { url, keeper }] of nodes.entries()) {
    const next = nodes[(i + 1) % nodes.length]
    if (next !== undefined && next.url !== url && next.node.peers.find(keeper.origin) === undefined)
      await next.node.peers.add({ url, keeper: keeper.urn })
  }
}
