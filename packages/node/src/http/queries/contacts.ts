/** The directory of functional contacts, from the party statements of all logs that are seen. */
import type { ContactsQuery, ListedContact, PartySummary } from '@comity/contract'
import { covers } from '@comity/procedures'
import type { Contact, PartyState } from '@comity/statement'
import type { Database } from '../../register/database.ts'
import { indexOf, logOf, positionOf } from '../../register/position.ts'
import { Sight } from '../../register/sight.ts'
import { badCursor, limitOf, type Page } from './page.ts'
import { jsonOf, optional, where } from './rows.ts'

/** Parties looked at for one page: who asks for something rare turns pages. */
const lookedAt = 1000

/** Where a page goes on: behind this contact of this party. */
interface Cursor {
  readonly party: number
  readonly contact: number
}

/**
 * Contacts of parties where these are at home, in the order of the list of parties, those of one party as it lists them.
 * No person has a place in it. A page may be short or empty and still have a next one.
 */
export function listContacts(database: Database, query: ContactsQuery): Page<ListedContact> {
  const limit = limitOf(query)
  const { type, state } = query
  const after = cursorOf(query.cursor)
  const rows = database
    .prepare(
      `SELECT party, urn, (SELECT json_extract(state, '$.contacts') FROM party_version
         WHERE party_version.party = party.party ORDER BY position DESC LIMIT 1) AS contacts FROM party
       ${where(
         'party >= :from',
         "type <> 'person'",
         type !== undefined && 'type = :type',
         state !== undefined && 'state = :state',
       )} ORDER BY party LIMIT ${lookedAt + 1}`,
    )
    .all({
      from: after.party,
      ...(type === undefined ? {} : { type }),
      ...(state === undefined ? {} : { state }),
    })
  const sight = new Sight(database)
  const items: ListedContact[] = []
  for (const [i, row] of rows.entries()) {
    const party = Number(row['party'])
    if (i === lookedAt) return { items, next: `${party}.0` }
    if (!jsonOf<readonly Contact[] | null>(row['contacts'] ?? null)?.some((each) => isAsked(each, query))) continue
    const urn = String(row['urn'])
    const known = sight.lastStayOf(urn)?.party === party ? sight.stateOf(urn) : undefined
    if (known === undefined) continue
    for (const [place, contact] of known.contacts.entries()) {
      if (!isAsked(contact, query) || (party === after.party && place < after.contact)) continue
      if (items.length === limit) return { items, next: `${party}.${place}` }
      items.push(listed(database, sight, { party, state: known, contact }))
    }
  }
  return { items }
}

/** What is written to an inbox is written by nodes, so that it stands in the list for whoever asks for it. */
function isAsked(contact: Contact, { function: office, language }: ContactsQuery): boolean {
  if (office === undefined ? contact.function === 'inbox' : contact.function !== office) return false
  return language === undefined || contact.languages?.some((each) => covers(language, each)) === true
}

function listed(
  database: Database,
  sight: Sight,
  { party, state, contact }: { readonly party: number; readonly state: PartyState; readonly contact: Contact },
): ListedContact {
  const position = positionOf(logOf(party), state.index)
  const row = database.prepare('SELECT at FROM entry WHERE position = ?').get(position)
  return {
    party: {
      urn: state.urn,
      // Both are of a party statement that fitted its schema; persons were left out.
      names: [...state.names] as PartySummary['names'],
      type: state.type as ListedContact['party']['type'],
      ...optional('state', state.state, String),
    },
    contact: { ...contact },
    statement: {
      id: state.statement,
      origin: sight.originOf(position),
      index: indexOf(position),
      at: Number(row?.['at']),
    },
  }
}

function cursorOf(cursor: string | undefined): Cursor {
  if (cursor === undefined) return { party: 0, contact: 0 }
  const found = /^([0-9]{1,16})\.([0-9]{1,2})$/.exec(cursor)
  if (found === null) throw badCursor()
  return { party: Number(found[1]), contact: Number(found[2]) }
}
