import type { Database } from './database.ts'
import { logOf, rangeOf } from './position.ts'

/**
 * Whether this node serves a document no more. What its own log withholds it withholds; of what others publish, the
 * document is withheld when every log that refers to it has said so: nobody takes a document out of another's log.
 */
export function isWithheld(database: Database, digest: string): boolean {
  const withheldIn = new Set(
    database
      .prepare('SELECT effective FROM withholding WHERE digest = ?')
      .all(digest)
      .map((row) => logOf(Number(row['effective']))),
  )
  if (withheldIn.size === 0 || withheldIn.has(0)) return withheldIn.size > 0
  const next = database.prepare('SELECT min(position) AS position FROM document WHERE digest = ? AND position >= ?')
  for (let from = 0; ;) {
    const position = next.get(digest, from)?.['position']
    if (typeof position !== 'number') return true
    const log = logOf(position)
    if (!withheldIn.has(log)) return false
    from = rangeOf(log).to
  }
}
