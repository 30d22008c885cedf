import { ComityNode, NodeError } from '@comity/node'
import type { Keeper } from './actors.ts'

/** Opens the keeper's node in a folder, founding it first if nobody has. The machine's clock counts. */
export async function openOrFound(directory: string, home: Keeper): Promise<ComityNode> {
  try {
    return await ComityNode.open({ directory, keys: home.keys })
  } catch (error) {
    if (!(error instanceof NodeError) || error.code !== 'not-founded') throw error
    const now = Math.floor(Date.now() / 1000)
    return ComityNode.found({ directory, keys: home.keys, party: home.founding(now), policy: home.policy(now) })
  }
}
