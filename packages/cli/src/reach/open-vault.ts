import { type ComityNode, Vault, type VaultOptions } from '@comity/node'
import { join } from 'node:path'

/** Opens the vault beside a node, over the same folder, and lets it follow the log. */
export async function openVault(
  node: ComityNode,
  directory: string,
  onProgress?: NonNullable<VaultOptions['onProgress']>,
): Promise<Vault> {
  return Vault.open({
    truth: node.truth,
    view: join(directory, 'views', 'vault.db'),
    register: node.reader,
    now: node.now,
    ...(onProgress === undefined ? {} : { onProgress }),
  })
}
