import {
  api,
  type AddSourceBody,
  type SourceRefusal,
  type SourceRefusalsQuery,
  type SourceSummary,
} from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import type { Item } from '../../sources/items.ts'
import type { Sources, SourceState } from '../../sources/sources.ts'
import type { Authorisation } from '../authorisation.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersNothing } from '../documented.ts'
import { badCursor, limitOf, pageOf } from '../queries/page.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Sources']
const security = [{ token: [] }]

interface Named {
  readonly Params: { readonly source: string }
}

/** `/sources`: the sources of documents that the keeper has this node follow. All of it takes an admin token. */
export function sourceRoutes(app: FastifyInstance, { sources }: HttpContext, may: Authorisation): void {
  app.addHook('onRequest', may.admin)
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
  const followed = (): Sources => {
    if (sources !== undefined) return sources
    throw new RequestError('not-found', 'this node follows no sources')
  }

  app.get('/sources', {
    schema: {
      operationId: 'sources',
      tags,
      summary: 'The sources of documents that this node follows, and how they are doing',
      security,
      response: answers(api.sourcesResponse, 'in the order in which they were added'),
    },
    handler: async (_request, reply) =>
      reply.send({ sources: sources?.states().map((state) => summaryOf(sources, state)) ?? [] }),
  })

  app.post<{ Body: AddSourceBody }>('/sources', {
    schema: {
      operationId: 'addSource',
      tags,
      summary: 'Follow a source of documents, or change one',
      description:
        'A CSAF provider is found by its domain (well-known place, `security.txt`, DNS); what it lists is checked by hash, signature, schema and mandatory tests, and served as a copy. A feed or folder holds advisories in any format that is read. What is good is matched as any advisory.',
      security,
      body: api.addSourceBody,
      response: {
        ...answers(api.addSourceResponse, 'it was followed already'),
        ...answers(api.addSourceResponse, 'it is followed now', 201),
      },
    },
    handler: async (request, reply) => {
      const { outcome, state } = await followed().add(request.body)
      return reply.code(outcome === 'added' ? 201 : 200).send({ outcome, source: summaryOf(followed(), state) })
    },
  })

  app.get<Named>('/sources/:source', {
    schema: {
      operationId: 'source',
      tags,
      summary: 'How one source is doing',
      security,
      params: api.sourceParams,
      response: answers(api.sourceSchema, 'the source'),
    },
    handler: async (request, reply) => reply.send(summaryOf(followed(), followed().state(request.params.source))),
  })

  app.post<Named>('/sources/:source/run', {
    schema: {
      operationId: 'runSource',
      tags,
      summary: 'Read a source now',
      description: 'Returns at once; the source says how far it is. One that is being read goes on.',
      security,
      params: api.sourceParams,
      response: answers(api.sourceSchema, 'a run is under way', 202),
    },
    handler: async (request, reply) => {
      const { source } = request.params
      const state = followed().state(source)
      // How it ends is kept with the source.
      followed().runSoon(source)
      return reply.code(202).send({ ...summaryOf(followed(), state), running: state.running ?? { done: 0, total: 0 } })
    },
  })

  app.get<Named & { Querystring: SourceRefusalsQuery }>('/sources/:source/refusals', {
    schema: {
      operationId: 'sourceRefusals',
      tags,
      summary: 'Documents of a source that are not taken, and why',
      security,
      params: api.sourceParams,
      querystring: api.sourceRefusalsQuery,
      response: answers(api.sourceRefusalsResponse, 'one page, by name'),
    },
    handler: async (request, reply) => {
      const { query, params } = request
      const limit = limitOf(query)
      const { stream } = followed().state(params.source)
      const found = followed().items.refused(stream, afterOf(query), limit + 1)
      return reply.send(pageOf(found, limit, refusalOf, ({ item }) => Buffer.from(item).toString('base64url')))
    },
  })

  app.delete<Named>('/sources/:source', {
    schema: {
      operationId: 'removeSource',
      tags,
      summary: 'Follow a source no longer',
      description: 'Its documents say nothing any longer and its copy is not served; the record of them stays.',
      security,
      params: api.sourceParams,
      response: answersNothing('it is followed no more'),
    },
    handler: async (request, reply) => {
      await followed().remove(request.params.source)
      return reply.code(204).send()
    },
  })
}

function summaryOf({ items }: Sources, { source, stream, running, lastRun, nextAt }: SourceState): SourceSummary {
  const about = items.about(stream)
  return {
    ...source,
    keys: [...source.keys],
    ...items.counts(stream),
    ...(running === undefined ? {} : { running }),
    ...(lastRun === undefined ? {} : { lastRun: runOf(lastRun) }),
    nextAt,
    ...(about === undefined
      ? {}
      : {
          provider: {
            metadata: about.metadata,
            foundBy: about.foundBy,
            role: about.role,
            publisher: about.publisher.name,
            namespace: about.publisher.namespace,
            keys: about.keys.map(({ fingerprint }) => fingerprint),
            signedHere: items.signedHere(stream),
          },
        }),
  }
}

function runOf({ outcome, begunAt, at, counts, faults }: NonNullable<SourceState['lastRun']>) {
  return { outcome, begunAt, at, counts: { ...counts }, faults: faults.map((fault) => ({ ...fault })) }
}

function refusalOf({ item, digest, refused }: Item): SourceRefusal {
  return {
    item,
    at: refused?.at ?? 0,
    faults: (refused?.faults ?? []).map((fault) => ({ ...fault })),
    ...(digest === undefined ? {} : { kept: digest }),
  }
}

function afterOf({ cursor }: SourceRefusalsQuery): string {
  if (cursor === undefined) return ''
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) throw badCursor()
  return Buffer.from(cursor, 'base64url').toString()
}
