/** The directory of functional contacts: offices of parties, and how each is reached. */
import { contactFunctions, partyTypes } from '@comity/statement'
import { type Static, Type } from 'typebox'
import { closed, kid, language, names, oneOf, pageOf, pageQuery, partyUrn, stands } from './fields.ts'

export const contactFunction = oneOf(contactFunctions)

/** One office as its party lists it. */
export const contact = closed({
  function: contactFunction,
  url: Type.Optional(Type.String()),
  email: Type.Optional(Type.String()),
  phone: Type.Optional(Type.String()),
  hours: Type.Optional(Type.String({ description: 'when it answers' })),
  languages: Type.Optional(Type.Array(language)),
  key: Type.Optional({ ...kid, description: 'its key: to write to it sealed, or with which it signs' }),
})

/** Types of parties that have offices: a person is in no directory. */
const typesWithOffices = partyTypes.filter((type) => type !== 'person')

export const contactsQuery = pageQuery({
  function: Type.Optional({
    ...contactFunction,
    description: 'what the office is for; all but `inbox`, which is for nodes, where nothing is said',
  }),
  state: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$', description: 'claimed State, two letters' })),
  type: Type.Optional(oneOf(typesWithOffices, 'type of its party; persons are in no directory')),
  language: Type.Optional({
    ...language,
    description: 'in which it answers; `fr` finds `fr-CH` too (RFC 4647 §3.3.1)',
  }),
})
export type ContactsQuery = Static<typeof contactsQuery>

export const listedContact = closed({
  party: closed({
    urn: partyUrn,
    names,
    type: oneOf(typesWithOffices),
    state: Type.Optional(Type.String({ description: 'the State it claims to be or to belong to' })),
  }),
  contact,
  statement: { ...stands, description: 'the party statement that lists it so, where the party is at home' },
})
export type ListedContact = Static<typeof listedContact>

export const contactsResponse = pageOf(listedContact)
export type ContactsResponse = Static<typeof contactsResponse>
