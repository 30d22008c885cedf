import type { PartiesQuery, PartyResponse, PartySummary, Reservation } from '@comity/contract'
import { type AdherencePayload, type EndorsementPayload, type PartyState, instrumentIds } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { idText } from '../../register/by-id.ts'
import { indexOf, rangeOf } from '../../register/position.ts'
import { positionsPerLog } from '../../register/schema.ts'
import { Sight } from '../../register/sight.ts'
import { Names } from './names.ts'
import { limitOf, numericCursor, type Page } from './page.ts'
import { reservationsOf } from './reservations.ts'
import { containing, jsonOf, optional, placeColumns, placeOf, type Row, where } from './rows.ts'

/** Endorsements that a party's page shows. */
const endorsementLimit = 100

/** Rows looked at for one page: in a log that many parties have left, few of them are at home. */
const lookedAt = 1000

/**
 * Parties where they are at home: those of the own log first, and in each log in the order in which they came. A page may
 * be short or empty and still have a next one.
 */
export function listParties(database: Database, query: PartiesQuery): Page<PartySummary> {
  const limit = limitOf(query)
  const { type, state, q } = query
  const rows = database
    .prepare(
      `SELECT ${columns} FROM party
       ${where(
         'party > :after',
         type !== undefined && 'type = :type',
         state !== undefined && 'state = :state',
         q !== undefined &&
           `EXISTS (SELECT 1 FROM json_each(party.names) WHERE json_extract(value, '$.text') LIKE :q ESCAPE '\\')`,
       )} ORDER BY party LIMIT ${lookedAt + 1}`,
    )
    .all({
      after: numericCursor(query, -1),
      ...(type === undefined ? {} : { type }),
      ...(state === undefined ? {} : { state }),
      ...(q === undefined ? {} : { q: containing(q) }),
    })
  const sight = new Sight(database)
  const items: PartySummary[] = []
  for (const [i, row] of rows.entries()) {
    if (sight.lastStayOf(String(row['urn']))?.party === Number(row['party'])) items.push(summaryOf(row))
    const isFull = items.length === limit || i + 1 === lookedAt
    if (isFull && i + 1 < rows.length) return { items, next: String(row['party']) }
    if (isFull) break
  }
  return { items }
}

/**
 * Everything the register says about a party, from where it is at home; undefined where it is not known. Of one that is
 * at home in no log that this node follows, what copies say.
 */
export function partyDetails(database: Database, urn: string): PartyResponse | undefined {
  const sight = new Sight(database)
  const party = sight.lastStayOf(urn)?.party ?? firstRow(database, urn)
  if (party === undefined) return undefined
  const row = database.prepare(`SELECT ${columns} FROM party WHERE party = ?`).get(party)
  const state = sight.stateOf(urn) ?? latestState(database, party)
  if (row === undefined || state === undefined) return undefined
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
    stays: staysOf(sight, urn),
    instruments: bondsOf(database, sight, urn),
    endorsements: endorsementsOf(database, sight, urn),
  }
}

const columns = `party, urn, type, state, home, names,
  (SELECT origin FROM log WHERE log.log = party / ${positionsPerLog}) AS origin`

function firstRow(database: Database, urn: string): number | undefined {
  const row = database.prepare('SELECT party FROM party WHERE urn = ? ORDER BY party LIMIT 1').get(urn)
  return row === undefined ? undefined : Number(row['party'])
}

function latestState(database: Database, party: number): PartyState | undefined {
  const row = database
    .prepare('SELECT state FROM party_version WHERE party = ? ORDER BY position DESC LIMIT 1')
    .get(party)
  return row === undefined ? undefined : jsonOf<PartyState>(row['state'])
}

function staysOf(sight: Sight, urn: string): PartyResponse['stays'] {
  const stays = sight.residenceOf(urn)?.stays ?? []
  return stays.map(({ from, to }, i) => ({
    origin: sight.originOf(from),
    from: indexOf(from),
    ...(i + 1 < stays.length ? { to: indexOf(to) } : {}),
  }))
}

function summaryOf(row: Row): PartySummary {
  return {
    urn: String(row['urn']),
    names: jsonOf<PartySummary['names']>(row['names']),
    // Safe: the column holds the type of a party payload that fitted its schema.
    type: row['type'] as PartySummary['type'],
    ...optional('state', row['state'], String),
    home: String(row['home']),
    origin: String(row['origin']),
    founded: indexOf(Number(row['party'])),
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
    .map((row) => ({ id: idText(row['id']), index: indexOf(Number(row['position'])), at: Number(row['at']) }))
}

/** The latest word on each instrument, from wherever the party was at home when it said it. */
function bondsOf(database: Database, sight: Sight, urn: string): PartyResponse['instruments'] {
  const select = database.prepare(
    `SELECT ${placeColumns}, kind_row.instrument AS instrument, kind_row.form AS form,
       kind_row.withdrawn_after AS withdrawn_after, kind_row.payload AS payload
     FROM adherence kind_row JOIN entry ON entry.position = kind_row.position
     WHERE kind_row.party = ? AND kind_row.instrument = ? AND kind_row.effective >= ? AND kind_row.effective < ?
     ORDER BY kind_row.effective DESC LIMIT 1`,
  )
  const stays = sight.residenceOf(urn)?.stays.toReversed() ?? []
  const look = { database, sight, names: new Names(database, sight) }
  return instrumentIds.flatMap((instrument) => {
    const row = firstOf(stays, ({ party, from, to }) => select.get(party, instrument, from, to))
    if (row === undefined) return []
    const payload = jsonOf<AdherencePayload>(row['payload'])
    return {
      ...placeOf(row),
      instrument,
      form: row['form'] === 'support' ? ('support' as const) : ('adherence' as const),
      ...(payload.version === undefined ? {} : { version: payload.version }),
      declarations: payload.declarations ?? [],
      reservations: reservationsOf(look, { party: urn, instrument, effective: Number(row['effective']) }, payload),
      ...optional('withdrawnAfter', row['withdrawn_after'], Number),
    }
  })
}

/** What a party reserves by its latest word on each instrument. */
export function reservationsNow(database: Database, urn: string): readonly Reservation[] {
  return bondsOf(database, new Sight(database), urn).flatMap(({ reservations }) => reservations)
}

function firstOf<T, R>(list: readonly T[], read: (each: T) => R | undefined): R | undefined {
  for (const each of list) {
    const found = read(each)
    if (found !== undefined) return found
  }
  return undefined
}

function endorsementsOf(database: Database, sight: Sight, urn: string): PartyResponse['endorsements'] {
  const select = database.prepare(
    `SELECT ${placeColumns}, party.urn AS urn, party.names AS names, kind_row.payload AS payload
     FROM endorsement kind_row JOIN entry ON entry.position = kind_row.position JOIN party ON party.party = kind_row.party
     WHERE kind_row.subject = ? AND kind_row.effective >= ? AND kind_row.effective < ?
     ORDER BY kind_row.effective DESC LIMIT ${endorsementLimit}`,
  )
  return sight.logs
    .flatMap((log) => select.all(urn, rangeOf(log).from, sight.endOf(log)))
    .filter((row) => sight.counts(String(row['urn']), Number(row['effective'])))
    .sort((a, b) => Number(b['at']) - Number(a['at']) || Number(b['effective']) - Number(a['effective']))
    .slice(0, endorsementLimit)
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
