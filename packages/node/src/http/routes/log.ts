/** The log as static resources: C2SP tlog-tiles and tlog-checkpoint. */
import { mediaType } from '@comity/contract'
import { encodeEntryBundle, LogError, parseTilePath, type TileCoordinate, tileWidth, widthOfTile } from '@comity/log'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { immutable } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answersBytes } from '../documented.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Log']

const tileParams = Type.Object({
  level: Type.String({ description: 'level of the tile, 0 to 63, or `entries`', pattern: '^(entries|[0-9]{1,2})$' }),
  path: Type.String({
    description:
      'which tile of the level: `067`, `x001/x234/067`, with `.p/W` behind it for its first W. Slashes as such',
  }),
})

/** `/checkpoint` and `/tile/`: all that an audit of the log reads. */
export function logRoutes(app: FastifyInstance, { node }: HttpContext): void {
  app.get('/checkpoint', {
    schema: {
      operationId: 'checkpoint',
      tags,
      summary: 'The newest signed checkpoint',
      response: answersBytes(mediaType.text, 'a signed note (C2SP tlog-checkpoint)'),
    },
    handler: async (_request, reply) =>
      reply.header('content-type', mediaType.text).header('cache-control', 'public, max-age=1').send(node.head.note),
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
      const tile = tileOf(request.url)
      const { level, index, width } = tile
      // The tree may be a batch ahead of what is signed; nothing beyond the checkpoint is shown.
      const available = widthOfTile(level === 'entries' ? 0 : level, index, node.head.size)
      if (width > available) {
        throw new RequestError('not-found', `the log has ${node.head.size} entries, and no such tile yet`)
      }
      reply.header('content-type', mediaType.bytes).header('cache-control', immutable)
      return reply.send(contentOf(tile))
    },
  })

  function contentOf({ level, index, width }: TileCoordinate): Buffer {
    if (level !== 'entries') return Buffer.from(node.ledger.tree.tile(level, index, width))
    const from = index * tileWidth
    return Buffer.from(encodeEntryBundle(node.ledger.leaves(from, from + width)))
  }
}

function tileOf(url: string): TileCoordinate {
  const end = url.indexOf('?')
  try {
    return parseTilePath(url.slice(1, end < 0 ? undefined : end))
  } catch (error) {
    if (error instanceof LogError) throw new RequestError('bad-locator', error.message, { cause: error })
    throw error
  }
}
