import { api, type ContactsQuery, type PartiesQuery } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { taggedBySize } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { listContacts } from '../queries/contacts.ts'
import { listParties, partyDetails } from '../queries/parties.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Parties']

/** `/parties`: the list, and one party with its keys. `/contacts`: their offices. */
export function partyRoutes(app: FastifyInstance, { node }: HttpContext): void {
  const onRequest = taggedBySize(node)

  app.get<{ Querystring: PartiesQuery }>('/parties', {
    onRequest,
    schema: {
      operationId: 'parties',
      tags,
      summary: 'Parties, each once, where it is at home',
      description:
        'Those of the own log first, then those of each log that is mirrored, in the order in which they came there. A page can be short, even empty, and still have a next one.',
      querystring: api.partiesQuery,
      response: answers(api.partiesResponse, 'one page'),
    },
    handler: async (request, reply) => reply.send(listParties(node.reader, request.query)),
  })

  app.get<{ Querystring: ContactsQuery }>('/contacts', {
    onRequest,
    schema: {
      operationId: 'contacts',
      tags,
      summary: 'Offices of parties: what for, where and when they are reached, in which languages, under which key',
      description:
        'As each party lists them where it is at home: those of the own log first, then those of each log that is mirrored. Offices alone: no person is in it. A page can be short, even empty, and still have a next one.',
      querystring: api.contactsQuery,
      response: answers(api.contactsResponse, 'one page'),
    },
    handler: async (request, reply) => reply.send(listContacts(node.reader, request.query)),
  })

  app.get<{ Params: { urn: string } }>('/parties/:urn', {
    onRequest,
    schema: {
      operationId: 'party',
      tags,
      summary: 'A party: names, home log, contacts, keys with their times, adherence, endorsements',
      params: api.partyParams,
      response: answers(api.partyResponse, 'the party as the log has it where it is at home'),
    },
    handler: async (request, reply) => {
      const party = partyDetails(node.reader, request.params.urn)
      if (party === undefined) throw new RequestError('not-found', `${request.params.urn} is not known to this log`)
      return reply.send(party)
    },
  })
}
