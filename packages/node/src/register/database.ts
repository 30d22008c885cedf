import type { StatementSync } from 'node:sqlite'

/** A view's database: statements are compiled once and kept by their text. */
export interface Database {
  prepare(sql: string): StatementSync
}
