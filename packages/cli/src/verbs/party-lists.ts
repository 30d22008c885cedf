/** `comity party list` and `comity party contacts`. */
import { type ContactsQuery, eachItem, type ListedContact, type PartySummary } from '@comity/contract'
import { contactLines } from '../contacts/contact-lines.ts'
import type { Result } from '../context.ts'
import { nameOf, short } from '../names.ts'
import type { Session } from '../session.ts'
import { plain, table, wrap } from '../terminal/text.ts'

export async function listParties(
  session: Session,
  { type, name }: { readonly type?: string; readonly name?: string },
): Promise<Result> {
  const client = await session.client()
  const parties: PartySummary[] = []
  const rows: string[][] = []
  // An unknown type is refused by the node, which says which there are.
  const query = {
    ...(type === undefined ? {} : { type: type as 'state' }),
    ...(name === undefined ? {} : { q: name }),
    limit: 200,
  }
  for await (const each of eachItem(client.parties, query)) {
    parties.push(each)
    rows.push([
      nameOf(each.names),
      each.state === undefined ? each.type : `${each.type} ${each.state}`,
      each.urn.slice(-64).slice(0, 16),
    ])
  }
  return { text: table(['name', 'type', 'party'], rows, 'no such party'), json: parties }
}

/** Options of `party contacts`; commander has held function and type against what there is. */
type ContactsOptions = Pick<ContactsQuery, 'function' | 'state' | 'type' | 'language'>

export async function listContacts(session: Session, options: ContactsOptions): Promise<Result> {
  const { function: office, state, type, language } = options
  const client = await session.client()
  const query = {
    ...(office === undefined ? {} : { function: office }),
    ...(state === undefined ? {} : { state }),
    ...(type === undefined ? {} : { type }),
    ...(language === undefined ? {} : { language }),
    limit: 200,
  }
  const found: ListedContact[] = []
  for await (const each of eachItem(client.contacts, query)) found.push(each)
  const parties = Map.groupBy(found, ({ party }) => party.urn)
  return {
    text: parties.size === 0 ? '  no such contact' : [...parties.values()].map(partyLines).join('\n\n'),
    json: found,
  }
}

/** The offices of one party under its name. */
function partyLines(listed: readonly ListedContact[]): string {
  const [first] = listed
  if (first === undefined) return ''
  const { urn, names, type, state } = first.party
  const who = `${plain(nameOf(names))} (${short(urn.slice(-64))}), ${state === undefined ? type : `${type} ${state}`}`
  return [wrap(who), ...listed.map(({ contact }) => contactLines(contact))].join('\n')
}
