/**
 * Who was told of what: the table `told`, which joins acknowledgements with the advisories they name, also across logs.
 *
 * Of two logs either may be read first, so the row is written when the later of the two statements takes effect here:
 * by {@link noteWord} when that is the acknowledgement, by {@link noteEarlierWords} when it is the advisory. Both write
 * the same row.
 */
import { advisoriesById, idColumn } from './by-id.ts'
import type { Database } from './database.ts'
import type { Effect } from './entry.ts'

const insert = 'INSERT INTO told (party, advisory, by, since) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING'

const isOther =
  'SELECT 1 FROM party one CROSS JOIN party other ON other.urn <> one.urn WHERE one.party = ? AND other.party = ?'

/** An acknowledgement took effect: every advisory of that identifier, in any log, was told of to its author. */
export function noteWord(database: Database, advisory: string, { statement, party, effective }: Effect): void {
  for (const told of advisoriesById(database, advisory)) {
    // A party's word about its own advisory tells nobody; and one may have rows in several logs.
    const isToOther = told.party !== party && database.prepare(isOther).get(told.party, party) !== undefined
    if (isToOther && told.sub === statement.sub)
      database.prepare(insert).run(told.party, told.effective, party, effective)
  }
}

/** An advisory took effect: another log may have had words about it before. */
export function noteEarlierWords(database: Database, { statement, party, effective }: Effect): void {
  const words = database
    .prepare('SELECT party, min(effective) AS since FROM acknowledgement WHERE advisory = ? AND sub = ? GROUP BY party')
    .all(idColumn(statement.id), statement.sub)
  for (const word of words) {
    const by = Number(word['party'])
    if (database.prepare(isOther).get(party, by) !== undefined)
      database.prepare(insert).run(party, effective, by, Number(word['since']))
  }
}
