/** Copies of other nodes' logs, as static resources like one's own: whoever finds a node down reads its log here. */
import { api, mediaType } from '@comity/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Mirror } from '../../federation/mirror/mirror.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersBytes } from '../documented.ts'
import { RequestError } from '../request-error.ts'
import { sendTile, tileParams } from '../tiles.ts'

const tags = ['Mirrors']

interface ByOrigin {
  Params: { origin: string }
}

const params = Type.Object({ origin: Type.String({ description: 'the origin of the log, percent-encoded' }) })

/** `/mirrors/…`: the verified copies that this node keeps. */
export function mirrorRoutes(app: FastifyInstance, { node }: Pick<HttpContext, 'node'>): void {
  const { mirrors } = node

  app.get('/mirrors', {
    schema: {
      operationId: 'mirrors',
      tags,
      summary: 'The logs of which this node keeps a copy',
      response: answers(api.mirrorsResponse, 'in the order in which they were followed first'),
    },
    handler: async (_request, reply) =>
      reply.header('cache-control', 'no-cache').send({
        mirrors: mirrors.origins().flatMap((origin) => {
          const mirror = mirrors.find(origin)
          if (mirror === undefined) return []
          const { keeper, isQuarantined } = mirror
          const size = mirror.copy.complete?.size ?? 0
          return [{ origin, keeper, size, quarantined: isQuarantined, path: `/mirrors/${encodeURIComponent(origin)}` }]
        }),
      }),
  })

  app.get<ByOrigin>('/mirrors/:origin/checkpoint', {
    schema: {
      operationId: 'mirroredCheckpoint',
      tags,
      summary: 'The newest signed checkpoint of a mirrored log whose entries are all here',
      params,
      response: answersBytes(mediaType.text, 'the signed note of its own node (C2SP tlog-checkpoint)'),
    },
    handler: async (request, reply) => {
      const { copy } = mirrorOf(request)
      if (copy.complete === undefined) throw new RequestError('not-found', `nothing is held of ${copy.origin} so far`)
      reply.header('content-type', mediaType.text).header('cache-control', 'public, max-age=1')
      return reply.send(copy.complete.note)
    },
  })

  app.get<ByOrigin>('/mirrors/:origin/tile/*', {
    config: {
      documentedPath: {
        url: '/mirrors/:origin/tile/:level/:path',
        params: Type.Object({ ...params.properties, ...tileParams.properties }),
      },
    },
    schema: {
      operationId: 'mirroredTile',
      tags,
      summary: 'A tile of hashes, or an entry bundle, of a mirrored log',
      description: 'As `/tile/` of its own node (C2SP tlog-tiles).',
      response: answersBytes(mediaType.bytes, 'hashes of 32 bytes, or entries each behind a 16-bit length'),
    },
    handler: async (request, reply) => {
      const { copy } = mirrorOf(request)
      const { tree, complete } = copy
      const leaves = (from: number, to: number): Uint8Array[] => copy.leaves(from, to)
      // The origin is encoded, so it is one segment: `/mirrors/<origin>/tile/…`.
      const path = request.url.split('?', 1)[0]?.split('/').slice(3).join('/') ?? ''
      return sendTile(request, reply, path, { size: complete?.size ?? 0, tree, leaves })
    },
  })

  app.get<ByOrigin>('/mirrors/:origin/equivocation', {
    schema: {
      operationId: 'equivocation',
      tags,
      summary: 'Proof that a log signed two checkpoints that contradict each other',
      description: 'Self-contained: `comity verify` checks it with the keys of the log alone.',
      params,
      response: answers(api.equivocationProof, 'two signed notes, and what shows that both cannot be of one log'),
    },
    handler: async (request, reply) => {
      const { evidence, origin } = mirrorOf(request)
      if (evidence === undefined)
        throw new RequestError('not-found', `${origin} has not contradicted itself as far as this node has seen`)
      return reply.header('cache-control', 'no-cache').send(evidence)
    },
  })

  function mirrorOf(request: FastifyRequest<ByOrigin>): Mirror {
    const { origin } = request.params
    const mirror = mirrors.find(origin)
    if (mirror !== undefined) return mirror
    throw new RequestError(
      'not-found',
      'this node keeps no copy of a log of that origin; /mirrors lists those it keeps',
    )
  }
}
