import { api, mediaType } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import type { HttpContext } from '../context.ts'
import { answers, answersBytes } from '../documented.ts'
import { failureOf } from '../failures.ts'

const tags = ['Operation']

/** `/health/live`, `/health/ready` and `/metrics`. */
export function healthRoutes(app: FastifyInstance, { node }: HttpContext): void {
  app.get('/health/live', {
    schema: {
      operationId: 'live',
      tags,
      summary: 'Whether the process answers',
      response: answers(api.healthResponse, 'it does'),
    },
    handler: async (_request, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  })

  app.get('/health/ready', {
    schema: {
      operationId: 'ready',
      tags,
      summary: 'Whether statements are taken',
      response: { ...answers(api.healthResponse, 'they are'), ...answers(api.healthResponse, 'they are not', 503) },
    },
    handler: async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      if (node.stopped === undefined) return reply.send({ status: 'ok' })
      return reply.code(503).send({ status: 'unavailable', detail: failureOf(node.stopped).problem.title })
    },
  })

  app.get('/metrics', {
    schema: {
      operationId: 'metrics',
      tags,
      summary: 'Counters for Prometheus',
      response: answersBytes(mediaType.text, 'Prometheus text format'),
    },
    handler: async (_request, reply) => {
      const { registry } = node.metrics
      return reply
        .header('content-type', registry.contentType)
        .header('cache-control', 'no-store')
        .send(await registry.metrics())
    },
  })
}
