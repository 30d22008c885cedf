/** The log as static resources: C2SP tlog-tiles and tlog-checkpoint. */
import { mediaType } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import type { HttpContext } from '../context.ts'
import { matches } from '../caching.ts'
import { answersBytes } from '../documented.ts'
import { NextBatch } from '../next-batch.ts'
import { sendTile, tileParams } from '../tiles.ts'

const tags = ['Log']

/** `/checkpoint` and `/tile/`: all that an audit of the log reads. */
export function logRoutes(app: FastifyInstance, { node }: HttpContext): void {
  const nextBatch = new NextBatch(node)
  app.addHook('preClose', async () => nextBatch.end())

  app.get('/checkpoint', {
    schema: {
      operationId: 'checkpoint',
      tags,
      summary: 'The newest signed checkpoint',
      description:
        'With a line of each witness that has cosigned it already (C2SP tlog-cosignature). With `Prefer: wait=N` and the entity tag of what the client has, it is answered when there is more, or after N seconds.',
      response: answersBytes(mediaType.text, 'a signed note (C2SP tlog-checkpoint)'),
    },
    handler: async (request, reply) => {
      const hasWaited = await nextBatch.after(request)
      if (hasWaited) reply.header('preference-applied', 'wait').header('etag', nextBatch.tag)
      if (hasWaited && matches(request, nextBatch.tag)) return reply.code(304).send()
      return reply
        .header('content-type', mediaType.text)
        .header('cache-control', 'public, max-age=1')
        .send(node.witnessing.checkpoint)
    },
  })

  app.get('/tile/*', {
    config: { documentedPath: { url: '/tile/:level/:path', params: tileParams } },
    schema: {
      operationId: 'tile',
      tags,
      summary: 'A tile of hashes, or an entry bundle',
      description: '`/tile/L/N[.p/W]` or `/tile/entries/N[.p/W]`, N written like `x001/x234/067` (C2SP tlog-tiles).',
      response: answersBytes(mediaType.bytes, 'hashes of 32 bytes, or entries each behind a 16-bit length'),
    },
    handler: async (request, reply) => {
      const { tree } = node.ledger
      const leaves = (from: number, to: number): Uint8Array[] => node.ledger.leaves(from, to)
      const end = request.url.indexOf('?')
      const path = request.url.slice(1, end < 0 ? undefined : end)
      return sendTile(request, reply, path, { size: node.head.size, tree, leaves })
    },
  })
}
