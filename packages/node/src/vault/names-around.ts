import type { Named } from '@comity/exposure'
import type { Database } from '../register/database.ts'

/** A document's names of the vulnerability that it is about. */
export interface NamedKnown {
  readonly known: number
  readonly named: Named & { readonly replacedBy: readonly string[] }
}

/** A name to be followed. */
interface Lead {
  readonly name: string
  /** It may be called otherwise now, so that whatever bears it is called otherwise too. */
  readonly isMoving: boolean
}

/**
 * Everything that is known under some names or under names that lead on from there, so that folding it gives for each of
 * these what folding all there is would give. A CVE identifier leads to its own documents and to what a rejected one was
 * replaced by, and not to all that have it as an alias: two of them are two vulnerabilities, whoever names both. Only
 * where the documents that changed say or said what took a CVE's place (`isMoving`) does it lead to all of these.
 */
export function namesAround(database: Database, names: Iterable<string>, isMoving: boolean): readonly NamedKnown[] {
  const found = new Map<number, NamedKnown>()
  const seen = new Set<string>()
  const waiting: Lead[] = Array.from(names, (name) => ({ name, isMoving }))
  for (let lead = waiting.pop(); lead !== undefined; lead = waiting.pop()) {
    const place = `${lead.isMoving} ${lead.name}`
    if (seen.has(place)) continue
    seen.add(place)
    for (const known of knownUnder(database, lead)) {
      const { named } = found.get(known) ?? { known, named: namesOf(database, known) }
      found.set(known, { known, named })
      const { id, aliases, replacedBy } = named
      const goesOn = lead.isMoving && replacedBy.length > 0
      for (const name of [id, ...replacedBy]) waiting.push({ name, isMoving: goesOn })
      for (const name of aliases) waiting.push({ name, isMoving: false })
    }
  }
  return [...found.values()].toSorted((a, b) => a.known - b.known)
}

/** Of a CVE that stays what it is: its own documents, and those of the rejected ones in place of which it came. */
function knownUnder(database: Database, { name, isMoving }: Lead): readonly number[] {
  const sql =
    name.startsWith('CVE-') && !isMoving
      ? 'SELECT DISTINCT known FROM name WHERE name = ? AND role IN (0, 2)'
      : 'SELECT DISTINCT known FROM name WHERE name = ?'
  return database
    .prepare(sql)
    .all(name)
    .map((row) => Number(row['known']))
}

function namesOf(database: Database, known: number): NamedKnown['named'] {
  const rows = database.prepare('SELECT name, role FROM name WHERE known = ? ORDER BY name').all(known)
  const as = (role: number): string[] => rows.filter((row) => row['role'] === role).map((row) => String(row['name']))
  return { id: as(0)[0] ?? '', aliases: as(1), replacedBy: as(2) }
}
