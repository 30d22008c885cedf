import { type Cut, type FindingsDocument, oscalAssessmentResults } from '@comity/assessment'
import { api, type FindingsDocumentQuery, type FindingsQuery, type PublishedFindingsQuery } from '@comity/contract'
import { type ProvisionId, servedBelow } from '@comity/instruments'
import { digestText } from '@comity/statement'
import type { FastifyInstance } from 'fastify'
import type { ComityNode } from '../../node.ts'
import { taggedBySize } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { CostlyAnswers, type Gate } from '../costly-answers.ts'
import { answers } from '../documented.ts'
import { exportedParties } from '../queries/exported-party.ts'
import { hasTime, listFindings, listPublished } from '../queries/findings.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Findings']

/** Whole documents that stay at hand: one costs a pass over every bound party. */
const documentsKept = 4

/** Entries of a log before it can have findings: its keeper, its policy, its first time leaf. */
const smallestCut = 3

/** `/parties/{urn}/findings` and `/findings`: one party's, everybody's, and the document that can be computed again. */
export function findingsRoutes(app: FastifyInstance, { node, gate, publicUrl }: HttpContext): void {
  const onRequest = taggedBySize(node)
  const documentOf = rememberedDocuments(node, gate)

  app.get<{ Params: { urn: string } }>('/parties/:urn/findings', {
    onRequest,
    schema: {
      operationId: 'partyFindings',
      tags,
      summary: 'What is on record for one party',
      params: api.partyParams,
      response: answers(api.partyFindingsResponse, 'with the cut, the time and the ruleset they follow from'),
    },
    handler: async (request, reply) => {
      const party = known(node, request.params.urn)
      const { cut, at, ruleset, trust } = node.findings.request()
      return reply.send({ cut, at, ruleset, trust, party, findings: node.findings.current(party)?.findings ?? [] })
    },
  })

  app.get<{ Params: { urn: string; provision: ProvisionId } }>('/parties/:urn/findings/:provision', {
    onRequest,
    schema: {
      operationId: 'explanation',
      tags,
      summary: 'Why a finding is what it is',
      params: api.explanationParams,
      response: answers(api.explanationResponse, 'each rung with the statements that carry it, or what it lacks'),
    },
    handler: async (request, reply) => {
      const { urn, provision } = request.params
      return reply.send(node.findings.explain(known(node, urn), provision))
    },
  })

  app.get<{ Querystring: FindingsQuery }>('/findings', {
    schema: {
      operationId: 'findings',
      tags,
      summary: 'Findings of the parties that adhere or support',
      description:
        'In the order of party URNs; there is no order by level and no score. `cut` is what this node sees at this moment; what is listed follows it by about a second, by more after a batch that touched many parties. `/parties/{urn}/findings` is always computed on the cut that it names. A page can be short, even empty, and still have a next one.',
      querystring: api.findingsQuery,
      response: answers(api.findingsResponse, 'one page'),
    },
    handler: async (request, reply) => {
      const { cut, at, ruleset, trust } = node.findings.request()
      const page = listFindings(node.reader, request.query)
      return reply.header('cache-control', 'no-cache').send({ cut, at, ruleset, trust, ...page })
    },
  })

  app.get<{ Querystring: FindingsDocumentQuery }>('/findings/document', {
    onRequest,
    schema: {
      operationId: 'findingsDocument',
      tags,
      summary: 'The findings of all parties on a cut, with their digest',
      description:
        'Without `size` and `with`: on the signed head and all that is mirrored, as far as it is folded. With `size`: on that prefix of the own log, and on those of mirrored logs that `with` names.',
      querystring: api.findingsDocumentQuery,
      response: answers(api.findingsDocumentResponse, 'what an auditor computes again and compares to the bit'),
    },
    handler: async (request, reply) => reply.send(await documentOf(request.query)),
  })

  app.get<{ Querystring: FindingsDocumentQuery }>('/findings/oscal/assessment-results', {
    onRequest,
    schema: {
      operationId: 'oscalResults',
      tags: ['OSCAL'],
      summary: 'The findings of all parties on a cut as OSCAL assessment results',
      description: 'The cut is named as for `/findings/document`.',
      querystring: api.findingsDocumentQuery,
      response: answers(api.oscalResultsResponse, 'the same findings, with their digest'),
    },
    handler: async (request, reply) => {
      const document = await documentOf(request.query)
      const addresses = servedBelow(`${publicUrl}/api/v1`)
      return reply.send(oscalAssessmentResults(document, exportedParties(node.reader), addresses))
    },
  })

  app.get<{ Querystring: PublishedFindingsQuery }>('/findings/published', {
    onRequest,
    schema: {
      operationId: 'publishedFindings',
      tags,
      summary: 'Findings statements of the keeper, newest first',
      querystring: api.publishedFindingsQuery,
      response: answers(api.publishedFindingsResponse, 'one page'),
    },
    handler: async (request, reply) => reply.send(listPublished(node.reader, request.query)),
  })
}

function known(node: ComityNode, urn: string): string {
  if (node.reader.prepare('SELECT 1 FROM party WHERE urn = ?').get(urn) === undefined) {
    throw new RequestError('not-found', `${urn} is not known to this log`)
  }
  return urn
}

/** Findings documents by cut and time. They never change, so the last few are kept. */
function rememberedDocuments(node: ComityNode, gate: Gate) {
  const documents = new CostlyAnswers<FindingsDocument>(gate, documentsKept)
  return async ({ size, with: beside, at }: FindingsDocumentQuery): Promise<FindingsDocument> => {
    const own = size ?? node.head.size
    if (own < smallestCut || own > node.head.size) {
      throw new RequestError('wrong-cut', `the log has ${node.head.size} entries; size is ${smallestCut} to that`)
    }
    if (at !== undefined && !hasTime(node.reader, at, own)) {
      throw new RequestError('wrong-cut', `${at} is the time of no time leaf in the first ${own} entries`)
    }
    const request =
      size === undefined && beside === undefined
        ? node.findings.request(undefined, at)
        : node.findings.request(own, at, prefixesOf(node, beside))
    return documents.answer(JSON.stringify([request.cut, request.at]), () => node.findings.assess(request))
  }
}

/** Prefixes of mirrored logs as a query names them, `origin@size,…`. */
function prefixesOf(node: ComityNode, text: string | undefined): Cut {
  return (text?.split(',') ?? []).map((each) => {
    const at = each.lastIndexOf('@')
    const [origin, size] = [each.slice(0, at), Number(each.slice(at + 1))]
    const folded = node.reader.prepare('SELECT size FROM log WHERE origin = ? AND log > 0').get(origin)?.['size']
    const root = Number(folded ?? 0) < size ? undefined : node.mirrors.find(origin)?.copy.tree.root(size)
    if (root === undefined) {
      throw new RequestError(
        'wrong-cut',
        `with names ${size} entries of ${origin}; of that log this node has ${Number(folded ?? 0)}`,
      )
    }
    return { origin, size, root: digestText(root) }
  })
}
