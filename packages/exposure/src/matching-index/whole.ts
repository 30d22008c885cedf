import type { DatabaseSync } from 'node:sqlite'

/**
 * Runs `work` so that all of it is in the database afterwards, or nothing. Within a transaction of the
 * caller's it becomes part of that; outside, it is one of its own.
 */
export function whole<T>(database: DatabaseSync, work: () => T): T {
  database.exec('SAVEPOINT indexed_whole')
  try {
    const result = work()
    database.exec('RELEASE indexed_whole')
    return result
  } catch (error) {
    // A full disk may have ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK TO indexed_whole; RELEASE indexed_whole')
    throw error
  }
}
