import { api, type CaseMovesQuery, type CasesQuery, type DueCasesQuery } from '@comity/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { rangeOf } from '../../register/position.ts'
import type { ComityNode } from '../../node.ts'
import type { Authorisation } from '../authorisation.ts'
import { taggedBySize } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { listCases, listDue, listMoves } from '../queries/cases.ts'
import { privateCaseDetails } from '../queries/one-private-case.ts'
import { privateLook } from '../queries/private-case-look.ts'
import { listPrivateCases, listPrivateDue, listPrivateMoves } from '../queries/private-cases.ts'
import { caseDetails, seatNamed } from '../queries/one-case.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Cases']

/**
 * `/cases`: the list, what is due, one case, and its moves. Moves are filed as any statement is. Who shows the token of a
 * party sees the private cases of that party in the same place.
 */
export function caseRoutes(app: FastifyInstance, context: HttpContext, may: Authorisation): void {
  const { node } = context
  // What a clock says changes with its deadline, and with no entry of any log.
  const onRequest = unlessPrivate(
    may,
    taggedBySize(node, () => String(lastLapse(node))),
  )
  const onCaseRequest = unlessPrivate(
    may,
    taggedBySize(node, () => `${lastLapse(node)}-${node.seat.refused}`),
  )
  const lookOf = (request: FastifyRequest) => {
    const party = may.partyIfShown(request)
    return party === undefined ? undefined : privateLook(context, party)
  }

  app.get<{ Querystring: CasesQuery }>('/cases', {
    onRequest,
    schema: {
      operationId: 'cases',
      tags,
      summary: 'Cases, the last opened first',
      description:
        'Those of the own log and of each log that is mirrored, as far as it is read. A page can be short, even empty, and still have a next one. With the token of a party its private cases stand on the first page, before the others and beyond its limit.',
      querystring: api.casesQuery,
      response: answers(api.casesResponse, 'one page'),
    },
    handler: async (request, reply) => {
      const page = listCases(node.reader, request.query, node.now())
      const look = request.query.cursor === undefined ? lookOf(request) : undefined
      const own = look === undefined ? [] : listPrivateCases(look, request.query)
      return reply.send({ ...page, items: [...own, ...page.items] })
    },
  })

  app.get<{ Querystring: DueCasesQuery }>('/cases/due', {
    schema: {
      operationId: 'dueCases',
      tags,
      summary: 'Clocks that run out, the next first',
      description:
        'Of cases that go on: clocks that nobody has answered in time, in whichever log. A lapse decides nothing; it says what may be done then.',
      querystring: api.dueCasesQuery,
      response: answers(api.dueCasesResponse, 'one page'),
    },
    handler: async (request, reply) => {
      const page = listDue(node.reader, request.query, node.now())
      const look = request.query.cursor === undefined ? lookOf(request) : undefined
      const own = look === undefined ? [] : listPrivateDue(look, request.query)
      const items = [...own, ...page.items].toSorted((one, other) => one.at - other.at)
      return reply.header('cache-control', look === undefined ? 'no-cache' : 'no-store').send({ ...page, items })
    },
  })

  app.get<{ Params: { urn: string } }>('/cases/:urn', {
    onRequest: onCaseRequest,
    schema: {
      operationId: 'case',
      tags,
      summary: 'A case: parties by role, state, clocks, history, and what is possible now, for whom',
      description:
        'A case takes a move as any statement: POST /entries, at its seat or in the log where its author is at home. The schemas of what moves say are among those of this document, as `move.dispute.notify`.',
      params: api.caseParams,
      response: answers(api.caseResponse, 'the case as its seat has it, with what other logs show of its clocks'),
    },
    handler: async (request, reply) => {
      const look = lookOf(request)
      const own = look && privateCaseDetails(look, request.params.urn)
      const found = own ?? caseDetails(node, request.params.urn)
      if (found === undefined) throw unknown(node, request.params.urn)
      return reply.send(found)
    },
  })

  app.get<{ Params: { urn: string }; Querystring: CaseMovesQuery }>('/cases/:urn/moves', {
    onRequest,
    schema: {
      operationId: 'caseMoves',
      tags,
      summary: 'The moves of a case with what they say',
      params: api.caseParams,
      querystring: api.caseMovesQuery,
      response: answers(api.caseMovesResponse, 'one page, in the order in which they took effect'),
    },
    handler: async (request, reply) => {
      const look = lookOf(request)
      const own = look && listPrivateMoves(look, request.params.urn, request.query)
      const page = own ?? listMoves(node.reader, request.params.urn, request.query, node.now())
      if (page === undefined) throw unknown(node, request.params.urn)
      return reply.send(page)
    },
  })
}

/** What is of a vault is kept by nobody on its way. */
function unlessPrivate(may: Authorisation, tagged: ReturnType<typeof taggedBySize>): ReturnType<typeof taggedBySize> {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (may.partyIfShown(request) === undefined) return tagged(request, reply)
    reply.header('cache-control', 'no-store')
    return undefined
  }
}

/** The last deadline that has passed: no clock stands otherwise before the next one does. */
function lastLapse({ reader, now }: ComityNode): number {
  return Number(reader.prepare('SELECT max(at) AS at FROM due_clock WHERE at < ?').get(now())?.['at'] ?? 0)
}

function unknown({ reader, origin }: ComityNode, urn: string): RequestError {
  const seat = seatNamed(reader, urn)
  const row = reader.prepare('SELECT log FROM log WHERE origin = ? AND followed = 1').get(seat ?? '')
  const where =
    seat === undefined || seat === origin || Number(row?.['log'] ?? rangeOf(0).from) > 0
      ? ''
      : `; moves of it name ${seat} as its seat, which is not followed here`
  return new RequestError('not-found', `no case ${urn} is known here${where}`)
}
