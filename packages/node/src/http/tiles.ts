/** Tiles and entry bundles of a log, whoever keeps it: C2SP tlog-tiles. */
import { mediaType } from '@comity/contract'
import {
  LogError,
  type TileCoordinate,
  type Tree,
  encodeEntryBundle,
  parseTilePath,
  tileWidth,
  widthOfTile,
} from '@comity/log'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { immutable } from './caching.ts'
import { rangeOf } from './ranges.ts'
import { RequestError } from './request-error.ts'

/** What is served of a log: the entries under its newest checkpoint. */
export interface ServedLog {
  readonly size: number
  readonly tree: Tree
  leaves(from: number, to: number): readonly Uint8Array[]
}

export const tileParams = Type.Object({
  level: Type.String({ description: 'level of the tile, 0 to 63, or `entries`', pattern: '^(entries|[0-9]{1,2})$' }),
  path: Type.String({
    description:
      'which tile of the level: `067`, `x001/x234/067`, with `.p/W` behind it for its first W. Slashes as such',
  }),
})

/**
 * Answers with the tile at `path` (`tile/…`). Of a bundle a client may ask for the end alone, with a range: who has its
 * first entries already needs no more.
 */
export function sendTile(request: FastifyRequest, reply: FastifyReply, path: string, log: ServedLog): FastifyReply {
  const tile = tileOf(path)
  const { level, index, width } = tile
  // The tree may be a batch ahead of what is signed; nothing beyond the checkpoint is shown.
  if (width > widthOfTile(level === 'entries' ? 0 : level, index, log.size)) {
    throw new RequestError('not-found', `the log has ${log.size} entries, and no such tile yet`)
  }
  const content = contentOf(tile, log)
  reply.header('content-type', mediaType.bytes).header('cache-control', immutable).header('accept-ranges', 'bytes')
  const range = rangeOf(request.headers.range, content.length)
  if (range === undefined) return reply.send(content)
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${content.length}`)
    throw new RequestError('range-not-satisfiable', `the tile has ${content.length} bytes, and none in that range`)
  }
  return reply
    .code(206)
    .header('content-range', `bytes ${range.from}-${range.to - 1}/${content.length}`)
    .send(content.subarray(range.from, range.to))
}

function contentOf({ level, index, width }: TileCoordinate, log: ServedLog): Buffer {
  if (level !== 'entries') return Buffer.from(log.tree.tile(level, index, width))
  const from = index * tileWidth
  return Buffer.from(encodeEntryBundle(log.leaves(from, from + width)))
}

function tileOf(path: string): TileCoordinate {
  try {
    return parseTilePath(path)
  } catch (error) {
    if (error instanceof LogError) throw new RequestError('bad-locator', error.message, { cause: error })
    throw error
  }
}
