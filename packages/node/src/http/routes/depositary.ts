import { api, type NotificationsQuery } from '@comity/contract'
import { type Instrument, instruments } from '@comity/instruments'
import type { FastifyInstance } from 'fastify'
import { taggedBySize } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersBytes } from '../documented.ts'
import { atomFeed, type FeedHead, jsonFeed } from '../feeds.ts'
import { lastEffect, listNotifications } from '../queries/notifications.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Cases']
const description =
  'Of all logs that this node follows, its own among them: every adherence and support, declarations, reservations, objections, withdrawals, and the day on which a withdrawal took effect. A page can be short and still have a next one. No notification says that anything was ratified: adherence is a declaration.'

interface Asked {
  readonly Params: { readonly id: string }
  readonly Querystring: NotificationsQuery
}

/** `/instruments/{id}/notifications`: what a depositary tells the parties of an instrument, as JSON and as feeds. */
export function depositaryRoutes(app: FastifyInstance, { node, publicUrl }: HttpContext): void {
  // A withdrawal takes effect with time alone, and with no entry of any log.
  const onRequest = taggedBySize(node, () => String(lastEffect(node.reader, node.now())))
  const page = (instrument: Instrument, query: NotificationsQuery) =>
    listNotifications(node.reader, instrument.id, query, node.now())

  app.get<Asked>('/instruments/:id/notifications', {
    onRequest,
    schema: {
      operationId: 'notifications',
      tags,
      summary: 'What was said about adherence to an instrument, the newest first',
      description,
      params: api.notificationsParams,
      querystring: api.notificationsQuery,
      response: answers(api.notificationsResponse, 'one page'),
    },
    handler: async (request, reply) => {
      const instrument = instrumentOf(request.params.id)
      return reply.send({ instrument: instrument.id, ...page(instrument, request.query) })
    },
  })

  app.get<Asked>('/instruments/:id/notifications.json', {
    onRequest,
    schema: {
      operationId: 'notificationsJsonFeed',
      tags,
      summary: 'The same as a JSON Feed',
      description,
      params: api.notificationsParams,
      querystring: api.notificationsQuery,
      response: answers(api.jsonFeed, 'JSON Feed 1.1; `next_url` leads to older ones'),
    },
    handler: async (request, reply) => {
      const instrument = instrumentOf(request.params.id)
      const { items, next } = page(instrument, request.query)
      const feed = jsonFeed(headOf(instrument, 'json', publicUrl, request.query, next), items)
      return reply.header('content-type', 'application/feed+json; charset=utf-8').send(JSON.stringify(feed))
    },
  })

  app.get<Asked>('/instruments/:id/notifications.atom', {
    onRequest,
    schema: {
      operationId: 'notificationsAtomFeed',
      tags,
      summary: 'The same as an Atom feed',
      description,
      params: api.notificationsParams,
      querystring: api.notificationsQuery,
      response: answersBytes('application/atom+xml', 'RFC 4287; the link `next` leads to older ones (RFC 5005)'),
    },
    handler: async (request, reply) => {
      const instrument = instrumentOf(request.params.id)
      const { items, next } = page(instrument, request.query)
      const feed = atomFeed(headOf(instrument, 'atom', publicUrl, request.query, next), items)
      return reply.header('content-type', 'application/atom+xml; charset=utf-8').send(feed)
    },
  })
}

function headOf(
  { id, urn, title, shortTitle }: Instrument,
  form: 'atom' | 'json',
  base: string,
  { limit, cursor }: NotificationsQuery,
  next: string | undefined,
): FeedHead {
  const address = `${base}/api/v1/instruments/${id}/notifications`
  const at = (page: string | undefined): string => {
    const query = new URLSearchParams({
      ...(limit === undefined ? {} : { limit: String(limit) }),
      ...(page === undefined ? {} : { cursor: page }),
    }).toString()
    return `${address}.${form}${query === '' ? '' : `?${query}`}`
  }
  return {
    title: `${title}: depositary notifications`,
    description: `Adherence to ${shortTitle}, support of it, reservations, objections, withdrawals, as they stand on public record.`,
    id: `${urn}:notifications`,
    self: at(cursor),
    ...(next === undefined ? {} : { next: at(next) }),
    home: address,
    base,
  }
}

function instrumentOf(id: string): Instrument {
  const found = instruments.find((each) => each.id === id)
  if (found !== undefined) return found
  const known = instruments.map((each) => each.id).join(', ')
  throw new RequestError('not-found', `no instrument has this identifier; there are ${known}`)
}
