/** The page behind a sealed link, and what it fetches. Whoever has the link needs no token. */
import { api, type LinkOpenedBody, mediaType } from '@comity/contract'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { linkPage, linkPagePolicy, noLinkPage } from '../../federation/inbox/links/link-page.ts'
import { RateLimits } from '../../federation/peers/rate-limits.ts'
import { NodeError } from '../../node-error.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersBytes } from '../documented.ts'
import { limitedByAddress } from '../rate-limited.ts'

const tags = ['Inbox']

/** From one address: openings of links, each of which writes once. */
const rates = { opened: { perSecond: 1, burst: 30 } }

type ByLink = { Params: { link: string } }

export function linkRoutes(app: FastifyInstance, { inbox }: Pick<HttpContext, 'inbox'>): void {
  const { links } = inbox
  const limits = new RateLimits(rates)
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))

  app.get<ByLink>('/links/:link', { schema: { hide: true } }, async (request, reply) => {
    try {
      links.find(request.params.link)
      return asPage(reply).send(linkPage())
    } catch (error) {
      if (!(error instanceof NodeError)) throw error
      const isExpired = error.code === 'link-expired'
      if (!isExpired && error.code !== 'unknown-link') throw error
      return asPage(reply.code(isExpired ? 410 : 404)).send(noLinkPage(isExpired))
    }
  })

  app.get<ByLink>('/links/:link/sealed', {
    schema: {
      operationId: 'sealedLink',
      tags,
      summary: 'What is behind a link, encrypted under a key that only the link has',
      params: api.linkParams,
      response: answersBytes(mediaType.bytes, 'nonce, ciphertext, tag (AES-256-GCM)'),
    },
    handler: async (request, reply) =>
      reply.header('content-type', mediaType.bytes).send(Buffer.from(links.sealed(request.params.link))),
  })

  app.get<{ Params: { link: string; n: number; index: number } }>('/links/:link/attachments/:n/:index', {
    schema: {
      operationId: 'linkedChunk',
      tags,
      summary: 'A sealed chunk of a file behind a link',
      params: api.linkChunkParams,
      response: answersBytes(mediaType.bytes, 'nonce, ciphertext, tag'),
    },
    handler: async (request, reply) => {
      const { link, n, index } = request.params
      return reply.header('content-type', mediaType.bytes).send(Buffer.from(links.chunk(link, n, index)))
    },
  })

  app.post<ByLink & { Body: LinkOpenedBody }>('/links/:link/opened', {
    onRequest: limitedByAddress(limits, 'opened'),
    schema: {
      operationId: 'linkOpened',
      tags,
      summary: 'Say that a link was opened, by what only an opened one can show',
      params: api.linkParams,
      body: api.linkOpenedBody,
      response: answers(api.linkOpenedResponse, 'the receipt that its sender gets'),
    },
    handler: async (request, reply) => {
      const { receipt, at } = await links.opened(request.params.link, Buffer.from(request.body.opener, 'base64url'))
      return reply.send({ receipt: Buffer.from(receipt).toString('base64url'), at })
    },
  })
}

function asPage(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('content-security-policy', linkPagePolicy)
    .header('x-content-type-options', 'nosniff')
    .header('x-robots-tag', 'noindex')
    .header('referrer-policy', 'no-referrer')
    .header('cross-origin-opener-policy', 'same-origin')
}
