import { api, type ChangesQuery } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { changes } from '../../changes.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { RequestError } from '../request-error.ts'

/** `/changes`: what took effect between two dates, and the findings that differ. */
export function changeRoutes(app: FastifyInstance, { node }: HttpContext): void {
  app.get<{ Querystring: ChangesQuery }>('/changes', {
    schema: {
      operationId: 'changes',
      tags: ['Findings'],
      summary: 'What changed between two dates',
      querystring: api.changesQuery,
      response: answers(api.changesResponse, 'what took effect, and which findings differ under the same ruleset'),
    },
    handler: async (request, reply) => {
      const from = secondsOf(request.query.from, 'from')
      const to = request.query.to === undefined ? node.now() : secondsOf(request.query.to, 'to')
      if (from > to) throw new RequestError('bad-request', `querystring: from (${from}) lies after to (${to})`)
      const source = {
        reader: node.reader,
        origin: node.origin,
        size: node.head.size,
        root: (size: number) => node.ledger.tree.root(size),
        stored: (digest: string) => node.documents.has(`sha256:${digest}`),
      }
      return reply.header('cache-control', 'no-cache').send(changes(source, from, to))
    },
  })
}

/** Whole seconds of a moment as the query gives it; its form was checked, its date was not. */
function secondsOf(moment: string, name: string): number {
  if (/^[0-9]+$/.test(moment)) return Number(moment)
  const seconds = Date.parse(moment) / 1000
  if (!Number.isInteger(seconds)) throw new RequestError('bad-request', `querystring/${name} ${moment} is no date`)
  return seconds
}
