import { type AdvisoriesQuery, api, type ProductsQuery, type ReleasesQuery } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { taggedBySize } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { advisoryDetails, listAdvisories } from '../queries/advisories.ts'
import { listProducts, listReleases, productDetails } from '../queries/products.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Products and advisories']

/** `/products`, `/releases` and `/advisories`: the lists, and one product or advisory. */
export function productRoutes(app: FastifyInstance, { node }: HttpContext): void {
  const onRequest = taggedBySize(node)

  app.get<{ Querystring: ProductsQuery }>('/products', {
    onRequest,
    schema: {
      operationId: 'products',
      tags,
      summary: 'Products as their latest statement has them',
      querystring: api.productsQuery,
      response: answers(api.productsResponse, 'one page, what was stated last first'),
    },
    handler: async (request, reply) => reply.send(listProducts(node.reader, request.query)),
  })

  app.get<{ Params: { urn: string } }>('/products/:urn', {
    onRequest,
    schema: {
      operationId: 'product',
      tags,
      summary: 'A product with its update policy, releases and advisories',
      params: api.productParams,
      response: answers(api.productResponse, 'the product'),
    },
    handler: async (request, reply) => {
      const product = productDetails(node.reader, request.params.urn)
      if (product === undefined) throw new RequestError('not-found', `${request.params.urn} is no product in this log`)
      return reply.send(product)
    },
  })

  app.get<{ Querystring: ReleasesQuery }>('/releases', {
    onRequest,
    schema: {
      operationId: 'releases',
      tags,
      summary: 'Releases with the digests of their SBOMs',
      querystring: api.releasesQuery,
      response: answers(api.releasesResponse, 'one page, what was stated last first'),
    },
    handler: async (request, reply) => reply.send(listReleases(node.reader, request.query)),
  })

  app.get<{ Querystring: AdvisoriesQuery }>('/advisories', {
    onRequest,
    schema: {
      operationId: 'advisories',
      tags,
      summary: 'Advisories as their latest statement has them',
      querystring: api.advisoriesQuery,
      response: answers(api.advisoriesResponse, 'one page, what was stated last first'),
    },
    handler: async (request, reply) => reply.send(listAdvisories(node.reader, request.query)),
  })

  app.get<{ Params: { urn: string } }>('/advisories/:urn', {
    onRequest,
    schema: {
      operationId: 'advisory',
      tags,
      summary: 'An advisory with its revisions and acknowledgements',
      params: api.advisoryParams,
      response: answers(api.advisoryResponse, 'the advisory'),
    },
    handler: async (request, reply) => {
      const advisory = advisoryDetails(node.reader, request.params.urn)
      if (advisory === undefined)
        throw new RequestError('not-found', `${request.params.urn} is no advisory in this log`)
      return reply.send(advisory)
    },
  })
}
