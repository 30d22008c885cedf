import { type AddInventoryQuery, api, type MatchesQuery, mediaType } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Authorisation } from '../authorisation.ts'
import type { BodyLimit } from '../bodies.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersBytes, answersNothing } from '../documented.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Vault']
const security = [{ token: [] }]

/** As the vault itself limits inventories; said here so that no more is read. */
const inventoryLimit: BodyLimit = {
  bytes: 64 * 1024 * 1024,
  code: 'inventory-too-large',
  message: 'an inventory has at most 64 MiB',
}

/** What an inventory may be labelled as: which it is, its content says. */
const sbomTypes = [mediaType.json, mediaType.cyclonedx, mediaType.spdx, mediaType.spdx3]

/** A hosted party's own partition, opened by a token of that party. Nothing of it is cached, logged or shown to others. */
export function vaultRoutes(app: FastifyInstance, { vault, bodies }: HttpContext, may: Authorisation): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(sbomTypes, (_request, payload, done) => bodies.read(payload, inventoryLimit, done))
  app.addHook('onRequest', async (request, reply) => {
    may.partyOf(request)
    reply.header('cache-control', 'no-store')
  })

  app.post<{ Querystring: AddInventoryQuery }>('/vault/inventories', {
    config: { documentedBody: Object.fromEntries(sbomTypes.map((type) => [type, Type.Unknown()])) },
    schema: {
      operationId: 'addInventory',
      tags,
      summary: 'Keep an SBOM as inventory and match it against every advisory',
      security,
      querystring: api.addInventoryQuery,
      response: answers(api.addInventoryResponse, 'what was understood of it, and what was not', 201),
    },
    handler: async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new RequestError('not-json', 'the body is empty; it is an SBOM')
      const { problems, counts, ...added } = await vault.addInventory(
        may.partyOf(request),
        request.query.name,
        request.body,
      )
      return reply.code(201).send({
        ...added,
        problems: problems.map(({ pointer, code, message }) => ({ pointer, code, message })),
        counts,
      })
    },
  })

  app.get('/vault/inventories', {
    schema: {
      operationId: 'inventories',
      tags,
      summary: 'Inventories of this party',
      security,
      response: answers(api.inventoriesResponse, 'all of them'),
    },
    handler: async (request, reply) => reply.send({ inventories: vault.listInventories(may.partyOf(request)) }),
  })

  app.get<{ Params: { id: string } }>('/vault/inventories/:id', {
    schema: {
      operationId: 'inventory',
      tags,
      summary: 'The document as it was added',
      security,
      params: api.inventoryParams,
      response: answersBytes(mediaType.json, 'the SBOM'),
    },
    handler: async (request, reply) => {
      const content = vault.readInventory(may.partyOf(request), request.params.id)
      return reply.header('content-type', mediaType.json).send(Buffer.from(content))
    },
  })

  app.delete<{ Params: { id: string } }>('/vault/inventories/:id', {
    schema: {
      operationId: 'removeInventory',
      tags,
      summary: 'Remove an inventory with its matches',
      security,
      params: api.inventoryParams,
      response: answersNothing('it is gone'),
    },
    handler: async (request, reply) => {
      await vault.removeInventory(may.partyOf(request), request.params.id)
      return reply.code(204).send()
    },
  })

  app.get<{ Querystring: MatchesQuery }>('/vault/matches', {
    schema: {
      operationId: 'matches',
      tags,
      summary: 'Components against vulnerabilities, what changed last first or by priority',
      security,
      querystring: api.matchesQuery,
      response: answers(api.matchesResponse, 'one page; `why` says what decided'),
    },
    handler: async (request, reply) => {
      const { cursor, ...rest } = request.query
      const query = cursor === undefined ? rest : { ...rest, after: cursor }
      const party = may.partyOf(request)
      const { matches, next } =
        query.order === 'priority' ? await vault.matchesByPriority(party, query) : vault.matches(party, query)
      return reply.send(next === undefined ? { items: matches } : { items: matches, next })
    },
  })

  app.get<{ Params: { id: string } }>('/vault/matches/:id', {
    schema: {
      operationId: 'match',
      tags,
      summary: 'One match with everything it was before',
      security,
      params: api.matchParams,
      response: answers(api.matchResponse, 'its history, latest first'),
    },
    handler: async (request, reply) => reply.send(vault.match(may.partyOf(request), request.params.id)),
  })

  app.get('/vault/advisories', {
    schema: {
      operationId: 'unreadAdvisories',
      tags,
      summary: 'Advisories that cannot be matched, wholly or in part',
      security,
      response: answers(api.unreadAdvisoriesResponse, 'the same for every party'),
    },
    handler: async (_request, reply) => {
      const failure = vault.failure?.code
      const advisories = vault.unreadAdvisories()
      return reply.send(failure === undefined ? { advisories } : { advisories, failure })
    },
  })
}
