import { currentRuleset, oscalAssessmentPlan, oscalAssessmentResults } from '@comity/assessment'
import { api } from '@comity/contract'
import {
  catalogIds,
  mappingIds,
  oscalCatalogOf,
  oscalMappingOf,
  oscalNormsCatalog,
  oscalProfile,
  servedBelow,
} from '@comity/instruments'
import type { FastifyInstance } from 'fastify'
import { taggedBySize } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { exportedParties } from '../queries/exported-party.ts'
import { partyDetails } from '../queries/parties.ts'
import { RequestError } from '../request-error.ts'

const tags = ['OSCAL']
const oneHour = 'public, max-age=3600'

/** The texts, adherence and findings as OSCAL 1.2; the findings of all parties stand beside their own route. */
export function oscalRoutes(app: FastifyInstance, { node, publicUrl }: HttpContext): void {
  const addresses = servedBelow(`${publicUrl}/api/v1`)
  const onRequest = taggedBySize(node)

  app.get<{ Params: { id: string } }>('/instruments/:id/oscal/catalog', {
    schema: {
      operationId: 'oscalCatalog',
      tags,
      summary: 'An instrument, or a later version of one, as an OSCAL catalog: one control for each provision',
      params: api.oscalInstrumentParams,
      response: answers(api.oscalCatalogResponse, 'in our own words; the back matter says where the text is'),
    },
    handler: async (request, reply) => {
      const catalog = oscalCatalogOf(request.params.id) ?? notAmong(catalogIds)
      return reply.header('cache-control', oneHour).send(catalog)
    },
  })

  app.get<{ Params: { id: string } }>('/instruments/:id/oscal/mapping', {
    schema: {
      operationId: 'oscalMapping',
      tags,
      summary:
        'An instrument against the eleven norms, or a later version against its instrument, as an OSCAL mapping collection',
      params: api.oscalInstrumentParams,
      response: answers(api.oscalMappingResponse, 'our own reading, with what has no counterpart on either side'),
    },
    handler: async (request, reply) => {
      const mapping = oscalMappingOf(request.params.id, addresses) ?? notAmong(mappingIds)
      return reply.header('cache-control', oneHour).send(mapping)
    },
  })

  app.get('/norms/oscal/catalog', {
    schema: {
      operationId: 'oscalNorms',
      tags,
      summary: 'The eleven norms of A/70/174, paragraph 13, as an OSCAL catalog',
      response: answers(api.oscalCatalogResponse, 'in our own words: what the crosswalk leads to'),
    },
    handler: async (_request, reply) => reply.header('cache-control', oneHour).send(oscalNormsCatalog()),
  })

  app.get('/oscal/assessment-plan', {
    schema: {
      operationId: 'oscalPlan',
      tags,
      summary: 'How findings come about, as the OSCAL assessment plan that results refer to',
      response: answers(api.oscalPlanResponse, 'that of the ruleset in use'),
    },
    handler: async (_request, reply) => {
      const { version, digest } = currentRuleset
      return reply.header('cache-control', oneHour).send(oscalAssessmentPlan({ version, digest }, addresses))
    },
  })

  app.get<{ Params: { urn: string } }>('/parties/:urn/oscal/profile', {
    onRequest,
    schema: {
      operationId: 'oscalProfile',
      tags,
      summary: 'What a party adheres to or supports as an OSCAL profile',
      description:
        'At the time of the newest time leaf. Not found where nothing binds the party: OSCAL has no profile without an import.',
      params: api.partyParams,
      response: answers(api.oscalProfileResponse, 'with reservations and declarations in its own words'),
    },
    handler: async (request, reply) => {
      const { urn } = request.params
      const named = exportedParties(node.reader)(urn)
      const bonds = partyDetails(node.reader, urn)?.instruments
      if (named === undefined || bonds === undefined) throw unknownParty(urn)
      const profile = oscalProfile(named, bonds, node.findings.request().at, addresses)
      if (profile === undefined) {
        throw new RequestError('not-found', `${urn} neither adheres to nor supports an instrument that speaks to it`)
      }
      return reply.send(profile)
    },
  })

  app.get<{ Params: { urn: string } }>('/parties/:urn/oscal/assessment-results', {
    onRequest,
    schema: {
      operationId: 'oscalPartyResults',
      tags,
      summary: 'What is on record for one party as OSCAL assessment results',
      params: api.partyParams,
      response: answers(api.oscalResultsResponse, 'with the cut, the time, the ruleset, the trust policy'),
    },
    handler: async (request, reply) => {
      const { urn } = request.params
      const named = exportedParties(node.reader)
      if (named(urn) === undefined) throw unknownParty(urn)
      const current = node.findings.current(urn)
      const findings = { ...node.findings.request(), parties: current === undefined ? [] : [current] }
      return reply.send(oscalAssessmentResults(findings, named, addresses))
    },
  })
}

function notAmong(ids: readonly string[]): never {
  throw new RequestError('not-found', `nothing has this identifier; there are ${ids.join(', ')}`)
}

function unknownParty(urn: string): RequestError {
  return new RequestError('not-found', `${urn} is not known to this log`)
}
