import type { ExportedParty } from '@comity/instruments'
import type { Database } from '../../register/database.ts'
import { Sight } from '../../register/sight.ts'
import { jsonOf } from './rows.ts'

/** Who parties are, as exports name them: where they are at home, by their English name or their first. */
export function exportedParties(database: Database): (urn: string) => ExportedParty | undefined {
  const sight = new Sight(database)
  const select = database.prepare('SELECT names, type FROM party WHERE party = ?')
  return (urn) => {
    const party = sight.lastStayOf(urn)?.party
    const row = party === undefined ? undefined : select.get(party)
    if (row === undefined) return undefined
    const names = jsonOf<readonly { readonly language: string; readonly text: string }[]>(row['names'])
    const name = (names.find(({ language }) => language === 'en') ?? names[0])?.text ?? urn
    // Safe: the column holds the type of a party payload that fitted its schema.
    return { urn, name, type: row['type'] as ExportedParty['type'] }
  }
}
