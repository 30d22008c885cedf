import type { PartiesQuery, PartyResponse, PartySummary } from '@comity/contract'
import type { AdherencePayload, EndorsementPayload, PartyState } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { indexOf } from '../../register/position.ts'
import { limitOf, numericCursor, type Page, pageOf } from './page.ts'
import { containing, hexOf, jsonOf, optional, placeColumns, placeOf, type Row, where } from './rows.ts'

/** Endorsements that a party's page shows. */
const endorsementLimit = 100

/** Parties in the order in which they were founded. */
export function listParties(database: Database, query: PartiesQuery): Page<PartySummary> {
  const limit = limitOf(query)
  const { type, state, q } = query
  const rows = database
    .prepare(
      `SELECT party, urn, type, state, home, names, founded FROM party
       ${where(
         'party > :after',
         type !== undefined && 'type = :type',
         state !== undefined && 'state = :state',
         q !== undefined &&
           `EXISTS (SELECT 1 FROM json_each(party.names) WHERE json_extract(value, '$.text') LIKE :q ESCAPE '\\')`,
       )} ORDER BY party LIMIT :rows`,
    )
    .all({
      after: numericCursor(query, 0),
      rows: limit + 1,
      ...(type === undefined ? {} : { type }),
      ...(state === undefined ? {} : { state }),
      ...(q === undefined ? {} : { q: containing(q) }),
    })
  return pageOf(rows, limit, summaryOf, (row) => String(row['party']))
}

/** Everything the register says about a party; undefined where it is not known. */
export function partyDetails(database: Database, urn: string): PartyResponse | undefined {
  const row = database.prepare('SELECT party, urn, type, state, home, names, founded FROM party WHERE urn = ?').get(urn)
  if (row === undefined) return undefined
  const party = Number(row['party'])
  const state = latestState(database, party)
  if (state === undefined) return undefined
  return {
    ...summaryOf(row),
    statement: state.statement,
    contacts: [...state.contacts],
    domains: [...state.domains],
    keys: keysOf(state),
    thresholds: { ...state.thresholds },
    ...(state.next === undefined ? {} : { next: state.next }),
    ...(state.recovery === undefined ? {} : { recovery: { ...state.recovery, keys: [...state.recovery.keys] } }),
    versions: versionsOf(database, party),
    instruments: bondsOf(database, party),
    endorsements: endorsementsOf(database, urn),
  }
}

function latestState(database: Database, party: number): PartyState | undefined {
  const row = database
    .prepare('SELECT state FROM party_version WHERE party = ? ORDER BY position DESC LIMIT 1')
    .get(party)
  return row === undefined ? undefined : jsonOf<PartyState>(row['state'])
}

function summaryOf(row: Row): PartySummary {
  return {
    urn: String(row['urn']),
    names: jsonOf<PartySummary['names']>(row['names']),
    // Safe: the column holds the type of a party payload that fitted its schema.
    type: row['type'] as PartySummary['type'],
    ...optional('state', row['state'], String),
    home: String(row['home']),
    founded: indexOf(Number(row['founded'])),
  }
}

function keysOf(state: PartyState): PartyResponse['keys'] {
  return state.keys.map((key) => {
    const since = state.compromised.filter((mark) => mark.kid === key.kid).map((mark) => mark.since)
    return {
      kid: key.kid,
      jwk: key.jwk,
      roles: [...key.roles],
      ...(key.kinds === undefined ? {} : { kinds: [...key.kinds] }),
      from: key.from,
      ...(key.to === undefined ? {} : { to: key.to }),
      ...(since.length === 0 ? {} : { compromisedSince: Math.min(...since) }),
    }
  })
}

function versionsOf(database: Database, party: number): PartyResponse['versions'] {
  return database
    .prepare(
      `SELECT entry.id AS id, entry.position AS position, entry.at AS at
       FROM party_version JOIN entry USING (position) WHERE party_version.party = ? ORDER BY position DESC LIMIT 100`,
    )
    .all(party)
    .map((row) => ({ id: hexOf(row['id']), index: indexOf(Number(row['position'])), at: Number(row['at']) }))
}

/** The latest word on each instrument. */
function bondsOf(database: Database, party: number): PartyResponse['instruments'] {
  return database
    .prepare(
      `SELECT ${placeColumns}, kind_row.instrument AS instrument, kind_row.form AS form,
         kind_row.withdrawn_after AS withdrawn_after, kind_row.payload AS payload
       FROM adherence kind_row JOIN entry ON entry.position = kind_row.position
       WHERE kind_row.party = ? AND NOT EXISTS (
         SELECT 1 FROM adherence later WHERE later.party = kind_row.party AND later.instrument = kind_row.instrument
           AND later.effective > kind_row.effective)
       ORDER BY kind_row.instrument`,
    )
    .all(party)
    .map((row) => {
      const payload = jsonOf<AdherencePayload>(row['payload'])
      return {
        ...placeOf(row),
        instrument: row['instrument'] === 'code' ? ('code' as const) : ('gids' as const),
        form: row['form'] === 'support' ? ('support' as const) : ('adherence' as const),
        declarations: payload.declarations ?? [],
        reservations: payload.reservations ?? [],
        ...optional('withdrawnAfter', row['withdrawn_after'], Number),
      }
    })
}

function endorsementsOf(database: Database, urn: string): PartyResponse['endorsements'] {
  return database
    .prepare(
      `SELECT ${placeColumns}, party.urn AS urn, party.names AS names, kind_row.payload AS payload
       FROM endorsement kind_row JOIN entry ON entry.position = kind_row.position JOIN party ON party.party = kind_row.party
       WHERE kind_row.subject = ? ORDER BY kind_row.effective DESC LIMIT ${endorsementLimit}`,
    )
    .all(urn)
    .map((row) => {
      const { claims, domain, checked } = jsonOf<EndorsementPayload>(row['payload'])
      return {
        ...placeOf(row),
        by: String(row['urn']),
        names: jsonOf<PartySummary['names']>(row['names']),
        claims,
        ...(domain === undefined ? {} : { domain }),
        ...(checked === undefined ? {} : { checked }),
      }
    })
}
