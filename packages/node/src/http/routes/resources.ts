import { type ResourcesReport, sampleReport } from '@comity/assessment'
import { api } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { readFileSync } from 'node:fs'
import { answers } from '../documented.ts'

/** The figures that the project brings along: this file lies at `packages/node/src/http/routes`. */
const sample = new URL('../../../../../samples/resources.json', import.meta.url)

/** `/resources`: number resources and access by country, for `code-g` and `code-i`. It changes with the software alone. */
export function resourceRoutes(app: FastifyInstance): void {
  let report: ResourcesReport | undefined

  app.get('/resources', {
    schema: {
      operationId: 'resources',
      tags: ['Resources'],
      summary: 'How internet numbers and access are spread over people',
      description:
        'Figures of one day, each with its source: what is registered in each country beside its people, the Lorenz curve and the Gini coefficient of each, with their method. No finding rests on them.',
      response: answers(api.resourcesResponse, 'IPv6 beside IPv4, and people who use the internet'),
    },
    handler: async (_request, reply) => {
      report ??= sampleReport(readFileSync(sample, 'utf8'))
      return reply.header('cache-control', 'public, max-age=3600').send(report)
    },
  })
}
