/** How a hosted party is told what concerns it, by a token of that party; and the feeds, by their addresses. */
import { type AlertsQuery, api, type SubscribeBody } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { advisoryStatus } from '../../telling/advisory-status.ts'
import type { Authorisation } from '../authorisation.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersBytes, answersNothing } from '../documented.ts'

const tags = ['Vault']
const security = [{ token: [] }]
const atom = 'application/atom+xml'

type ById = { Params: { id: string } }

/** `/vault/alerts` and `/vault/subscriptions`. Nothing of them is cached, logged or shown to others. */
export function tellingRoutes(app: FastifyInstance, context: HttpContext, may: Authorisation): void {
  const { telling, publicUrl } = context
  app.addHook('onRequest', async (request, reply) => {
    may.partyOf(request)
    reply.header('cache-control', 'no-store')
  })
  app.addHook('preClose', async () => telling.endWaits())

  app.get<{ Querystring: AlertsQuery }>('/vault/alerts', {
    schema: {
      operationId: 'alerts',
      tags,
      summary: 'What is new and concerns the party, oldest first; with `wait`, the moment that there is something',
      security,
      querystring: api.alertsQuery,
      response: answers(api.alertsResponse, 'one page; keep `next` and ask on from there'),
    },
    handler: async (request, reply) => {
      const { cursor, limit = 50, wait = 0 } = request.query
      const gone = new AbortController()
      request.raw.on('close', () => gone.abort())
      const query = { cursor, limit, wait, signal: gone.signal }
      const { alerts, next, more } = await telling.alerts(may.partyOf(request), query)
      return reply.send({ items: alerts, next, more })
    },
  })

  app.post<{ Body: SubscribeBody }>('/vault/subscriptions', {
    schema: {
      operationId: 'subscribe',
      tags,
      summary: 'Be told of what is new: by mail, by signed messages (Standard Webhooks), or by a feed of one’s own',
      security,
      body: api.subscribeBody,
      response: answers(api.subscribeResponse, 'its secret, where it has one: shown this once', 201),
    },
    handler: async (request, reply) => {
      const { id, secret } = await telling.subscribe(may.partyOf(request), request.body)
      const isFeed = request.body.channel.kind === 'feed'
      const shown = secret === undefined ? {} : isFeed ? { feed: `${publicUrl}/feeds/${secret}` } : { secret }
      return reply.code(201).send({ id, ...shown })
    },
  })

  app.get('/vault/subscriptions', {
    schema: {
      operationId: 'subscriptions',
      tags,
      summary: 'By which ways the party is told, and how that goes',
      security,
      response: answers(api.subscriptionsResponse, 'all of them, without their secrets'),
    },
    handler: async (request, reply) => {
      const subscriptions = telling.subscriptions(may.partyOf(request)).map(({ lastAttempt, ...each }) => {
        if (lastAttempt === undefined) return each
        const { code, status, at } = lastAttempt
        return { ...each, lastAttempt: { code, ...(status === undefined ? {} : { status }), at } }
      })
      return reply.send({ subscriptions })
    },
  })

  app.delete<ById>('/vault/subscriptions/:id', {
    schema: {
      operationId: 'unsubscribe',
      tags,
      summary: 'Be told no more by this way',
      security,
      params: api.subscriptionParams,
      response: answersNothing('it is gone, with its secret'),
    },
    handler: async (request, reply) => {
      await telling.unsubscribe(may.partyOf(request), request.params.id)
      return reply.code(204).send()
    },
  })

  app.post<ById>('/vault/subscriptions/:id/test', {
    schema: {
      operationId: 'testSubscription',
      tags,
      summary: 'Bring a message that says nothing, now, once',
      security,
      params: api.subscriptionParams,
      response: answers(api.testSubscriptionResponse, 'whether it came, and why not'),
    },
    handler: async (request, reply) => {
      const outcome = await telling.test(may.partyOf(request), request.params.id)
      if (outcome.told) return reply.send({ told: true })
      const { code, status } = outcome
      return reply.send({ told: false, code, ...(status === undefined ? {} : { status }) })
    },
  })
}

/** `/vault/advisories/…/status`: how far an advisory of the party has come. */
export function advisoryStatusRoutes(app: FastifyInstance, { node, inbox }: HttpContext, may: Authorisation): void {
  app.get<{ Params: { urn: string } }>('/vault/advisories/:urn/status', {
    schema: {
      operationId: 'advisoryStatus',
      tags,
      summary: 'Told, acknowledged, remedied, by partner: of an advisory of the party itself',
      security,
      params: api.advisoryStatusParams,
      response: answers(api.advisoryStatusResponse, 'who said nothing is shown as that'),
    },
    handler: async (request, reply) =>
      reply
        .header('cache-control', 'no-store')
        .send(advisoryStatus(may.partyOf(request), request.params.urn, { node, inbox })),
  })
}

/** `/feeds/…`: whoever has the address reads the feed. It is kept out of caches, indexes and referrers. */
export function feedRoutes(app: FastifyInstance, { telling }: HttpContext): void {
  app.get<{ Params: { secret: string } }>('/feeds/:secret', {
    schema: {
      operationId: 'feed',
      tags,
      summary: 'A feed of one party’s alerts, by an address that only it has',
      params: api.feedParams,
      response: answersBytes(atom, 'Atom (RFC 4287), newest first'),
    },
    handler: async (request, reply) => {
      reply
        .header('cache-control', 'private, no-store')
        .header('referrer-policy', 'no-referrer')
        .header('x-robots-tag', 'noindex')
      const text = telling.feed(request.params.secret)
      return reply.header('content-type', `${atom}; charset=utf-8`).send(text)
    },
  })
}
