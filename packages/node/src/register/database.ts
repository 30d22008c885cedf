import type { StatementSync } from 'node:sqlite'

/** A view's database: statements are compiled once and kept by their text. */
export interface Database {
  prepare(sql: string): StatementSync
}

/** The one connection that writes, and says how far the view has come. */
export interface WritableDatabase extends Database {
  setProgress(size: number, root: string): void
}
