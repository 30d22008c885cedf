import { api, type SupplyQuery } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { documentsOf } from '../../register/cut-documents.ts'
import { taggedBySize } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { listSupply, releaseDetails } from '../queries/releases.ts'
import { statementDetails } from '../queries/statements.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Products and advisories']

/** `/releases/{urn}`: one release with its evidence; `/supply`: notices of supply restrictions. */
export function releaseRoutes(app: FastifyInstance, { node }: HttpContext): void {
  app.get<{ Params: { urn: string } }>('/releases/:urn', {
    schema: {
      operationId: 'release',
      tags,
      summary: 'A release with what its documents show, and what its record lacks',
      params: api.releaseParams,
      response: answers(api.releaseResponse, 'the release'),
    },
    handler: async (request, reply) => {
      const { urn } = request.params
      const payloadOf = (id: string) => statementDetails(node, id)?.payload
      const found = releaseDetails(node.reader, urn, documentsOf(node.documents), payloadOf)
      if (found === undefined) throw new RequestError('not-found', `${urn} is no release in this log`)
      return reply.send(found)
    },
  })

  app.get<{ Querystring: SupplyQuery }>('/supply', {
    onRequest: taggedBySize(node),
    schema: {
      operationId: 'supply',
      tags,
      summary: 'Notices of supply restrictions as they were stated last',
      querystring: api.supplyQuery,
      response: answers(api.supplyResponse, 'one page, what was stated last first'),
    },
    handler: async (request, reply) => reply.send(listSupply(node.reader, request.query)),
  })
}
