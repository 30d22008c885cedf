import type { AdvisoriesQuery, AdvisoryResponse, AdvisorySummary } from '@comity/contract'
import type { AdvisoryPayload } from '@comity/statement'
import { idText } from '../../register/by-id.ts'
import type { Database } from '../../register/database.ts'
import { rangeOf } from '../../register/position.ts'
import { Sight } from '../../register/sight.ts'
import { listLatest, type Things, versionsOf } from './latest.ts'
import type { Page } from './page.ts'
import { jsonOf, optional, placeColumns, placeJoin, placeOf } from './rows.ts'

const shownAcknowledgements = 200

const advisories: Things<AdvisorySummary> = {
  table: 'advisory',
  columns: `kind_row.sub AS sub, kind_row.advisory AS advisory, kind_row.title AS title, kind_row.modified AS modified,
    kind_row.severity AS severity, kind_row.remedy AS remedy, kind_row.withdrawn AS withdrawn, kind_row.document AS document`,
  read: (row) => ({
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
  }),
}

export function listAdvisories(database: Database, query: AdvisoriesQuery): Page<AdvisorySummary> {
  return listLatest(database, advisories, query, [['kind_row.advisory = ?', query.id]])
}

/** An advisory with its newest revisions; undefined where the log has none under this URN. */
export function advisoryDetails(database: Database, urn: string): AdvisoryResponse | undefined {
  const revisions = versionsOf(database, advisories, urn)
  const [latest] = revisions
  if (latest === undefined) return undefined
  return {
    ...advisories.read(latest),
    names: jsonOf<AdvisoryResponse['names']>(latest['names']),
    payload: jsonOf<AdvisoryPayload>(latest['payload']),
    revisions: revisions.map((row) => ({
      title: String(row['title']),
      modified: String(row['modified']),
      statement: placeOf(row),
    })),
    acknowledgements: acknowledgementsOf(database, urn),
  }
}

/** From all logs, the newest first by the time of their batch; only of those who were at home where they said it. */
function acknowledgementsOf(database: Database, urn: string): AdvisoryResponse['acknowledgements'] {
  const sight = new Sight(database)
  const select = database.prepare(
    `SELECT ${placeColumns}, party.urn AS urn, party.names AS names, kind_row.state AS state,
       kind_row.justification AS justification, kind_row.advisory AS answered
     FROM acknowledgement kind_row ${placeJoin}
     WHERE kind_row.sub = ? AND kind_row.effective >= ? AND kind_row.effective < ?
     ORDER BY kind_row.effective DESC LIMIT ${shownAcknowledgements}`,
  )
  return sight.logs
    .flatMap((log) => select.all(urn, rangeOf(log).from, sight.endOf(log)))
    .filter((row) => sight.counts(String(row['urn']), Number(row['effective'])))
    .sort((a, b) => Number(b['at']) - Number(a['at']) || Number(b['effective']) - Number(a['effective']))
    .slice(0, shownAcknowledgements)
    .map((row) => ({
      party: String(row['urn']),
      names: jsonOf<AdvisoryResponse['names']>(row['names']),
      // Safe: the column holds the state of an acknowledgement that fitted its schema.
      state: row['state'] as AdvisoryResponse['acknowledgements'][number]['state'],
      ...optional('justification', row['justification'], String),
      ...optional('revision', row['answered'], idText),
      statement: placeOf(row),
    }))
}
