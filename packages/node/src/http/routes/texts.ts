import { api } from '@comity/contract'
import {
  correspondencesOf,
  crosswalkNotice,
  instruments,
  laterVersionNotice,
  laterVersionsOf,
  norms,
  provisionById,
} from '@comity/instruments'
import type { FastifyInstance } from 'fastify'
import { answers } from '../documented.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Texts']
const oneHour = 'public, max-age=3600'

/** The two texts: they change with the software alone. */
export function textRoutes(app: FastifyInstance): void {
  app.get('/instruments', {
    schema: {
      operationId: 'instruments',
      tags,
      summary: 'The instruments and their twenty provisions',
      response: answers(api.instrumentsResponse, 'in our own words, each with its citation'),
    },
    handler: async (_request, reply) => reply.header('cache-control', oneHour).send({ instruments }),
  })

  app.get<{ Params: { id: string } }>('/instruments/:id/versions', {
    schema: {
      operationId: 'laterVersions',
      tags,
      summary: 'Later texts of an instrument, each paragraph beside the provisions that it goes back to',
      params: api.notificationsParams,
      response: answers(api.laterVersionsResponse, 'in our own words; each line says whether it was checked'),
    },
    handler: async (request, reply) => {
      const found = instruments.find(({ id }) => id === request.params.id)
      if (found === undefined) {
        throw new RequestError('not-found', 'no instrument has this identifier; there are code, gids')
      }
      const { id } = found
      const answer = { instrument: id, versions: laterVersionsOf(id), notice: laterVersionNotice }
      return reply.header('cache-control', oneHour).send(answer)
    },
  })

  app.get<{ Params: { id: string } }>('/provisions/:id', {
    schema: {
      operationId: 'provision',
      tags,
      summary: 'One provision, and the norms of A/70/174 beside it',
      params: api.provisionParams,
      response: answers(api.provisionResponse, 'the provision with its crosswalk'),
    },
    handler: async (request, reply) => {
      const provision = provisionById(request.params.id)
      if (provision === undefined) {
        throw new RequestError(
          'not-found',
          'no provision has this identifier; they are code-a to code-k and gids-1 to gids-9',
        )
      }
      const related = correspondencesOf(provision.id).map(({ norm, relation, why }) => ({
        norm: norms.find((each) => each.id === norm),
        relation,
        why,
      }))
      return reply.header('cache-control', oneHour).send({ provision, norms: related, notice: crosswalkNotice })
    },
  })
}
