/** What a party reserves about single provisions, and beside each reservation who objects to it. */
import type { Reservation } from '@comity/contract'
import { adherenceCase } from '@comity/procedures'
import type { AdherencePayload } from '@comity/statement'
import { caseRecord, filesOf, type CaseRecord } from '../../register/case-record.ts'
import type { Database } from '../../register/database.ts'
import { logOf, rangeOf } from '../../register/position.ts'
import type { Sight } from '../../register/sight.ts'
import type { Names } from './names.ts'
import { jsonOf, placeColumns, placeOf } from './rows.ts'

type Objection = Reservation['objections'][number]

/** Objections of one party that are looked at: it may make the move as often as it likes, the latest says it. */
const lookedAt = 64

interface Look {
  readonly database: Database
  readonly sight: Sight
  readonly names: Names
}

/** The reservations of a declaration that took effect at `effective`, each with the objections that stand. */
export function reservationsOf(
  look: Look,
  { party, instrument, effective }: { readonly party: string; readonly instrument: string; readonly effective: number },
  { reservations = [] }: AdherencePayload,
): Reservation[] {
  if (reservations.length === 0) return []
  const record = caseIn(look, adherenceCase(party, instrument), logOf(effective))
  return reservations.map((each) => ({
    ...each,
    objections: record === undefined ? [] : objectionsTo(look, record, each),
  }))
}

/** Those of the case of an adherence as it stands; none for any other case. */
export function reservationsIn(look: Look, record: CaseRecord): Reservation[] | undefined {
  if (record.procedure.name !== 'adherence') return undefined
  const row = look.database
    .prepare(
      `SELECT move.payload AS payload FROM move CROSS JOIN entry ON entry.position = move.position
       WHERE move.case_file = ? AND move.effective < ? AND entry.kind = 'adherence' ORDER BY move.effective DESC LIMIT 1`,
    )
    .get(record.file, look.sight.endAt(record.file))
  const { reservations = [] } = row === undefined ? {} : jsonOf<AdherencePayload>(row['payload'])
  const standing = Object.keys(reservedIn(record))
  return reservations
    .filter(({ provision }) => standing.includes(provision))
    .map((each) => ({ ...each, objections: objectionsTo(look, record, each) }))
}

/** The case of this name in the log in which the declaration stands. Which objections stand does not change with time. */
function caseIn({ database, sight }: Look, urn: string, log: number): CaseRecord | undefined {
  const file = filesOf(database, urn, sight).find((each) => logOf(each) === log)
  return file === undefined ? undefined : caseRecord(database, file, sight, 0)
}

/** By provision, since when a reservation stands. Safe: the procedure writes the fact in this form. */
function reservedIn({ case: of }: CaseRecord): Readonly<Record<string, number>> {
  return (of.facts['reserved'] ?? {}) as Readonly<Record<string, number>>
}

function objectionsTo(look: Look, record: CaseRecord, { provision }: { readonly provision: string }): Objection[] {
  // Safe: by party and provision, as the procedure writes it.
  const by = (record.case.facts['objections'] ?? {}) as Readonly<Record<string, Readonly<Record<string, number>>>>
  return Object.entries(by)
    .filter(([, to]) => Object.hasOwn(to, provision))
    .flatMap(([party]) => latestOf(look, record, party, provision) ?? [])
    .sort((one, other) => one.at - other.at || (one.by.party < other.by.party ? -1 : 1))
}

function latestOf(
  { database, sight, names }: Look,
  { file }: CaseRecord,
  party: string,
  provision: string,
): Objection | undefined {
  const { from, to } = rangeOf(logOf(file))
  const rows = database
    .prepare(
      `SELECT ${placeColumns}, kind_row.payload AS payload FROM move kind_row
       CROSS JOIN entry ON entry.position = kind_row.position
       WHERE kind_row.party = (SELECT party FROM party WHERE urn = ? AND party >= ? AND party < ?)
         AND kind_row.name = 'object' AND kind_row.case_file = ? AND kind_row.effective < ?
       ORDER BY kind_row.effective DESC LIMIT ${lookedAt}`,
    )
    .all(party, from, to, file, sight.endAt(file))
  for (const row of rows) {
    // The judge read it against the schema of the move.
    const { body } = jsonOf<{ readonly body: Said }>(row['payload'])
    const { provisions, precludes, text } = body
    if (!provisions.includes(provision)) continue
    const { id, origin, index, at } = placeOf(row)
    return {
      by: names.of(party),
      at,
      precludes,
      ...(text === undefined ? {} : { text }),
      statement: { id, origin, index },
    }
  }
  return undefined
}

interface Said {
  readonly provisions: readonly string[]
  readonly precludes: boolean
  readonly text?: string
}
