import type { AdvisoriesQuery, AdvisoryResponse, AdvisorySummary } from '@comity/contract'
import type { AdvisoryPayload } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { limitOf, numericCursor, type Page, pageOf } from './page.ts'
import { hexOf, jsonOf, optional, placeColumns, placeJoin, placeOf, type Row, where } from './rows.ts'

const shownRevisions = 100
const shownAcknowledgements = 200

const columns = `${placeColumns}, party.urn AS urn, kind_row.sub AS sub, kind_row.advisory AS advisory,
  kind_row.title AS title, kind_row.modified AS modified, kind_row.severity AS severity, kind_row.remedy AS remedy,
  kind_row.withdrawn AS withdrawn, kind_row.document AS document`

/** Advisories as their latest statement has them, what was stated last first. */
export function listAdvisories(database: Database, query: AdvisoriesQuery): Page<AdvisorySummary> {
  const limit = limitOf(query)
  const { party } = query
  const rows = database
    .prepare(
      `SELECT ${columns} FROM advisory kind_row ${placeJoin}
       ${where(
         'kind_row.effective < :before',
         'NOT EXISTS (SELECT 1 FROM advisory later WHERE later.sub = kind_row.sub AND later.effective > kind_row.effective)',
         party !== undefined && 'party.urn = :party',
       )} ORDER BY kind_row.effective DESC LIMIT :rows`,
    )
    .all({
      before: numericCursor(query, Number.MAX_SAFE_INTEGER),
      rows: limit + 1,
      ...(party === undefined ? {} : { party }),
    })
  return pageOf(rows, limit, advisoryOf, (row) => String(row['effective']))
}

/** An advisory with its newest revisions; undefined where the log has none under this URN. */
export function advisoryDetails(database: Database, urn: string): AdvisoryResponse | undefined {
  const rows = database
    .prepare(
      `SELECT ${columns}, party.names AS names, kind_row.payload AS payload
       FROM advisory kind_row ${placeJoin} WHERE kind_row.sub = ? ORDER BY kind_row.effective DESC LIMIT ${shownRevisions}`,
    )
    .all(urn)
  const [latest] = rows
  if (latest === undefined) return undefined
  return {
    ...advisoryOf(latest),
    names: jsonOf<AdvisoryResponse['names']>(latest['names']),
    payload: jsonOf<AdvisoryPayload>(latest['payload']),
    revisions: rows.map((row) => ({
      title: String(row['title']),
      modified: String(row['modified']),
      statement: placeOf(row),
    })),
    acknowledgements: acknowledgementsOf(database, urn),
  }
}

function acknowledgementsOf(database: Database, urn: string): AdvisoryResponse['acknowledgements'] {
  return database
    .prepare(
      `SELECT ${placeColumns}, party.urn AS urn, party.names AS names, kind_row.state AS state,
         kind_row.justification AS justification, answered.id AS answered
       FROM acknowledgement kind_row ${placeJoin} LEFT JOIN entry answered ON answered.position = kind_row.advisory
       WHERE kind_row.sub = ? ORDER BY kind_row.effective DESC LIMIT ${shownAcknowledgements}`,
    )
    .all(urn)
    .map((row) => ({
      party: String(row['urn']),
      names: jsonOf<AdvisoryResponse['names']>(row['names']),
      // Safe: the column holds the state of an acknowledgement that fitted its schema.
      state: row['state'] as AdvisoryResponse['acknowledgements'][number]['state'],
      ...optional('justification', row['justification'], String),
      ...optional('revision', row['answered'], hexOf),
      statement: placeOf(row),
    }))
}

function advisoryOf(row: Row): AdvisorySummary {
  return {
    urn: String(row['sub']),
    id: String(row['advisory']),
    party: String(row['urn']),
    title: String(row['title']),
    modified: String(row['modified']),
    ...optional('severity', row['severity'], String),
    remedy: row['remedy'] === 1,
    withdrawn: row['withdrawn'] === 1,
    ...optional('document', row['document'], String),
    statement: placeOf(row),
  }
}
