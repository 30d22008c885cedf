import { sha256Hex } from '@comity/crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ComityNode } from '../node.ts'

/** Changes when answers are laid out differently for the same log. */
const layout = 3

/** Never changes again: full tiles, and partial ones at the width their path names. */
export const immutable = 'public, max-age=31536000, immutable'

/** For what may change with the next batch. */
export const revalidate = 'public, no-cache'

/**
 * A hook for everything that depends on nothing but the log and those that are mirrored: its entity tag is their sizes,
 * and who has that already gets 304 with no other query. `more`: what else an answer depends on, in a few characters.
 */
export function taggedBySize(node: ComityNode, more?: () => string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const beside = more === undefined ? '' : `-${more()}`
    const tag = `"${layout}-${node.head.size}${mirroredSizes(node)}${beside}"`
    reply.header('etag', tag).header('cache-control', revalidate).header('vary', 'accept-encoding')
    return matches(request, tag) ? reply.code(304).send() : undefined
  }
}

/** A few characters that change with every batch of a mirrored log, and when one counts no more; none without any. */
function mirroredSizes({ reader }: ComityNode): string {
  const rows = reader.prepare('SELECT log, size, followed FROM log WHERE log > 0 ORDER BY log').all()
  if (rows.length === 0) return ''
  return `-${sha256Hex(Buffer.from(JSON.stringify(rows))).slice(0, 16)}`
}

/** Whether the client has what bears this tag (RFC 9110 §13.1.2). */
export function matches(request: FastifyRequest, tag: string): boolean {
  const given = request.headers['if-none-match']
  return given !== undefined && given.split(',').some((each) => each.trim().replace(/^W\//, '') === tag)
}
