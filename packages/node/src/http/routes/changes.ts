import { api, type ChangesQuery } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { type Changes, type MirroredLog, changesBetween, momentsOf } from '../../changes.ts'
import type { ComityNode } from '../../node.ts'
import { documentsOf } from '../../register/cut-documents.ts'
import type { HttpContext } from '../context.ts'
import { CostlyAnswers } from '../costly-answers.ts'
import { answers } from '../documented.ts'
import { RequestError } from '../request-error.ts'

/** Comparisons that stay at hand: one costs two passes over every bound party. */
const comparisonsKept = 4

/** `/changes`: what took effect between two dates, and the findings that differ. */
export function changeRoutes(app: FastifyInstance, { node, gate }: HttpContext): void {
  const compared = new CostlyAnswers<Changes>(gate, comparisonsKept)

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
        documents: documentsOf(node.documents),
        mirrored: mirroredLogs(node),
      }
      const moments = momentsOf(source, from, to)
      // Sizes decide what changed between them; the dates alone would be new each second.
      const key = JSON.stringify([moments.from.cut, moments.to.cut])
      const found = await compared.answer(key, () => changesBetween(source, moments))
      return reply.header('cache-control', 'no-cache').send({ ...found, ...moments })
    },
  })
}

/** The mirrored logs that count in the findings of this node. */
function mirroredLogs({ reader, mirrors }: ComityNode): readonly MirroredLog[] {
  return reader
    .prepare('SELECT origin, size FROM log WHERE log > 0 AND followed = 1 AND size > 0')
    .all()
    .flatMap((row) => {
      const origin = String(row['origin'])
      const tree = mirrors.find(origin)?.copy.tree
      return tree === undefined ? [] : [{ origin, size: Number(row['size']), root: (size: number) => tree.root(size) }]
    })
}

/** Whole seconds of a moment as the query gives it; its form was checked, its date was not. */
function secondsOf(moment: string, name: string): number {
  if (/^[0-9]+$/.test(moment)) return Number(moment)
  const seconds = Date.parse(moment) / 1000
  if (!Number.isInteger(seconds)) throw new RequestError('bad-request', `querystring/${name} ${moment} is no date`)
  return seconds
}
