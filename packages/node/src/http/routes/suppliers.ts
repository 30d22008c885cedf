/** Whom a hosted party believes as supplier, with a token of that party. */
import { api, type BelieveSupplierBody } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import type { Belief } from '../../vault/belief.ts'
import type { Authorisation } from '../authorisation.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersNothing } from '../documented.ts'

const tags = ['Vault']
const security = [{ token: [] }]

/** `/vault/suppliers`. Nothing of them is cached, logged or shown to others. */
export function supplierRoutes(app: FastifyInstance, { vault }: HttpContext, may: Authorisation): void {
  const { suppliers } = vault
  app.addHook('onRequest', async (request, reply) => {
    may.partyOf(request)
    reply.header('cache-control', 'no-store')
  })

  app.post<{ Body: BelieveSupplierBody }>('/vault/suppliers', {
    schema: {
      operationId: 'believeSupplier',
      tags,
      summary: 'Believe a party or a source as supplier: where it has an answer, that goes before the word of others',
      description:
        'In place of what was believed of it. What it says without harm settles the vulnerabilities that it names itself, in the packages that are named here. Matches are settled anew before the answer comes, and their history says so (`trust`).',
      security,
      body: api.believeSupplierBody,
      response: answers(api.believedSupplierSchema, 'it is believed', 201),
    },
    handler: async (request, reply) => {
      const { supplier, packages = [] } = request.body
      return reply.code(201).send(shownOf(await suppliers.believe(may.partyOf(request), supplier, packages)))
    },
  })

  app.get('/vault/suppliers', {
    schema: {
      operationId: 'suppliers',
      tags,
      summary: 'Whom the party believes as supplier, beside itself',
      security,
      response: answers(api.suppliersResponse, 'all of them; none by default'),
    },
    handler: async (request, reply) => reply.send({ suppliers: suppliers.list(may.partyOf(request)).map(shownOf) }),
  })

  app.delete<{ Params: { id: string } }>('/vault/suppliers/:id', {
    schema: {
      operationId: 'dropSupplier',
      tags,
      summary: 'Believe a supplier no longer',
      security,
      params: api.supplierParams,
      response: answersNothing('it is believed no more, and matches are settled without it'),
    },
    handler: async (request, reply) => {
      await suppliers.drop(may.partyOf(request), request.params.id)
      return reply.code(204).send()
    },
  })
}

function shownOf({ id, supplier, packages, since }: Belief) {
  return { id, supplier, packages: [...packages], since }
}
