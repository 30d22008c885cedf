/** `/statements/{id}/confirmation`: which witnesses stand behind a statement, and since when. */
import { api, type ConfirmationResponse } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { confirmationOf } from '../../federation/witness/confirmation.ts'
import type { ComityNode } from '../../node.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { RequestError } from '../request-error.ts'

export function confirmationRoutes(app: FastifyInstance, { node }: Pick<HttpContext, 'node'>): void {
  app.get<{ Params: { id: string } }>('/statements/:id/confirmation', {
    schema: {
      operationId: 'confirmation',
      tags: ['Statements'],
      summary: 'Which witnesses cosigned a checkpoint that covers a statement, and when',
      description:
        'Whose cosignatures are enough is for whoever relies on them to say: each proof can be checked under any policy. `time` is under the keeper’s own.',
      params: api.statementParams,
      response: answers(api.confirmationResponse, 'what is known so far; witnesses may follow within seconds'),
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const found = confirmation(node, id)
      if (found === undefined) throw new RequestError('not-found', `no statement ${id} is in this log`)
      return reply.header('cache-control', 'no-cache').send(found)
    },
  })
}

function confirmation(node: ComityNode, id: string): ConfirmationResponse | undefined {
  const found = node.find(id)
  if (found === undefined) return undefined
  const { index, batch } = found
  const leaf = { position: batch.size - 1, at: batch.at }
  const { ledger, reader, witnessing } = node
  const { heads } = witnessing.cosigned
  return {
    id,
    origin: node.origin,
    index,
    at: batch.at,
    time: witnessing.times.of(leaf),
    ...confirmationOf(index, leaf, { ledger, reader, heads, witnesses: witnessing.witnesses() }),
  }
}
