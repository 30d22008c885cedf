import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ComityNode } from '../node.ts'

/** Changes when answers are laid out differently for the same log. */
const layout = 1

/** Never changes again: full tiles, and partial ones at the width their path names. */
export const immutable = 'public, max-age=31536000, immutable'

/** For what may change with the next batch. */
export const revalidate = 'public, no-cache'

/**
 * A hook for everything that depends on nothing but the log: its entity tag is the size of the log, and who has that
 * already gets 304 without a query.
 */
export function taggedBySize(node: ComityNode) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const tag = `"${layout}-${node.head.size}"`
    reply.header('etag', tag).header('cache-control', revalidate)
    return matches(request, tag) ? reply.code(304).send() : undefined
  }
}

/** Whether the client has what bears this tag (RFC 9110 §13.1.2). */
export function matches(request: FastifyRequest, tag: string): boolean {
  const given = request.headers['if-none-match']
  return given !== undefined && given.split(',').some((each) => each.trim().replace(/^W\//, '') === tag)
}
