import type { View } from '@comity/store'
import { type AccountsFold, placeOfToken, type TokenRecord } from './accounts-fold.ts'
import { type InventoryRecord, placeOfInventory } from './fold-inventory.ts'
import type { InventoryInfo } from './inventory.ts'
import type { Partition } from './partition.ts'
import type { TokenInfo } from './token.ts'

/** Accounts and inventories as they are read: committed rows, opened with the key of the party that asks. */
export class VaultReader {
  readonly #view: View
  readonly #accounts: AccountsFold

  constructor(view: View, accounts: AccountsFold) {
    this.#view = view
    this.#accounts = accounts
  }

  tokens(): TokenInfo[] {
    const rows = this.#view
      .prepare(
        `SELECT token.id AS id, token.sealed AS sealed, revoked_at, token.partition AS owner, partition.id AS partition
         FROM token LEFT JOIN partition USING (partition) ORDER BY token`,
      )
      .all()
    return rows.flatMap((row) => {
      const partition = row['owner'] === null ? undefined : this.#accounts.partitions.byId(String(row['partition']))
      if (row['owner'] !== null && partition === undefined) return []
      const id = String(row['id'])
      const record = this.#accounts.sealer(partition).open<TokenRecord>(placeOfToken(id), row['sealed'])
      return [{ id, ...record, ...(row['revoked_at'] !== null && { revokedAt: Number(row['revoked_at']) }) }]
    })
  }

  inventories(partition: Partition): InventoryInfo[] {
    return this.#view
      .prepare('SELECT inventory, id, sealed FROM inventory WHERE partition = ? ORDER BY inventory')
      .all(partition.number)
      .map((row) => inventoryOf(partition, row))
  }

  /** The sealed blobs of an inventory, oldest revision first; none where the party has no such inventory. */
  blobsOf(partition: Partition, inventoryId?: string): string[] {
    return this.#view
      .prepare(
        `SELECT blob FROM inventory_blob JOIN inventory USING (inventory)
         WHERE partition = ? AND (? IS NULL OR id = ?) ORDER BY inventory, number`,
      )
      .all(partition.number, inventoryId ?? null, inventoryId ?? null)
      .map((row) => String(row['blob']))
  }
}

function inventoryOf(partition: Partition, row: Readonly<Record<string, unknown>>): InventoryInfo {
  const record = partition.open<InventoryRecord>(placeOfInventory(Number(row['inventory'])), row['sealed'])
  return { id: String(row['id']), ...record }
}
