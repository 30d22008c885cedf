/** A hosted party's own private cases, with a token of that party. Nothing of them is cached, logged or shown to others. */
import { api, type CaseMovesQuery, type FileMoveBody } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { NodeError } from '../../node-error.ts'
import type { Authorisation } from '../authorisation.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersNothing } from '../documented.ts'
import { privateLook } from '../queries/private-case-look.ts'
import { listOrders } from '../queries/private-cases.ts'

const tags = ['Cases']
const security = [{ token: [] }]

/** A move of the largest size, and what opens its sealed fields. */
const bodyLimit = 256 * 1024

export function ownCaseRoutes(app: FastifyInstance, context: HttpContext, may: Authorisation): void {
  const { cases } = context.inbox
  app.addHook('onRequest', async (request, reply) => {
    may.partyOf(request)
    reply.header('cache-control', 'no-store')
  })

  app.post<{ Body: FileMoveBody }>('/cases/moves', {
    bodyLimit,
    schema: {
      operationId: 'fileMove',
      tags,
      summary: 'File a move of a private case: it travels sealed to the seat',
      description:
        'Where the seat is this node the answer says what became of it; else the case does, as `filed`, in its `timeline` or as `refused`.',
      security,
      body: api.fileMoveBody,
      response: answers(api.fileMoveResponse, 'it is in the vault, durably', 201),
    },
    handler: async (request, reply) => {
      const party = may.partyOf(request)
      const { move, fields } = request.body
      const filed = await cases.file(party, Buffer.from(move, 'base64url'), fields)
      return reply.code(201).send({ ...filed, state: cases.stateOf(party, filed) })
    },
  })

  app.get<{ Params: { urn: string }; Querystring: CaseMovesQuery }>('/cases/:urn/orders', {
    schema: {
      operationId: 'caseOrders',
      tags,
      summary: 'The order of a private case as its seat signed it, with the moves as their authors did',
      security,
      params: api.caseParams,
      querystring: api.caseMovesQuery,
      response: answers(api.caseOrdersResponse, 'one page, of what the party sees'),
    },
    handler: async (request, reply) => {
      const page = listOrders(privateLook(context, may.partyOf(request)), request.params.urn, request.query)
      if (page === undefined) throw new NodeError('unknown-case', 'the vault of this party has no such case')
      return reply.send(page)
    },
  })

  app.delete<{ Params: { urn: string } }>('/cases/:urn', {
    schema: {
      operationId: 'eraseCase',
      tags,
      summary: 'Erase a private case for this party, for good',
      security,
      params: api.caseParams,
      response: answersNothing('its key is destroyed'),
    },
    handler: async (request, reply) => {
      await cases.erase(may.partyOf(request), request.params.urn)
      return reply.code(204).send()
    },
  })
}
