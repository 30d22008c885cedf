import type { DatabaseSync } from 'node:sqlite'
import { InventoryTable } from './inventory-table.ts'
import { ItemTable } from './item-table.ts'
import { KeyTable } from './key-table.ts'
import { PostingLists } from './posting-lists.ts'
import { RuleTable } from './rule-table.ts'

/** The tables of one index. */
export interface Tables {
  readonly database: DatabaseSync
  readonly keys: KeyTable
  readonly items: ItemTable
  readonly postings: PostingLists
  readonly inventories: InventoryTable
  readonly rules: RuleTable
}

/** Prepares the statements of all of them. */
export function tablesOf(database: DatabaseSync): Tables {
  const keys = new KeyTable(database)
  return {
    database,
    keys,
    items: new ItemTable(database, keys),
    postings: new PostingLists(database),
    inventories: new InventoryTable(database),
    rules: new RuleTable(database, keys),
  }
}
