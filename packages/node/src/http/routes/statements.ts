import {
  api,
  type BatchResponse,
  joinCborSequence,
  mediaType,
  splitCborSequence,
  type StatementQuery,
  type StatementsQuery,
  type VoidEntriesQuery,
} from '@comity/contract'
import { encodeConciseProblem, isProblemCode, problemKinds } from '@comity/contract'
import { MAX_STATEMENT_BYTES, StatementError } from '@comity/statement'
import type { FastifyInstance } from 'fastify'
import type { Submitted } from '../../pipeline/intake.ts'
import { batchLimit } from '../../pipeline/sequencer.ts'
import type { Authorisation } from '../authorisation.ts'
import type { BodyLimit } from '../bodies.ts'
import { immutable, taggedBySize } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersBytes, binary } from '../documented.ts'
import { type Failure, failureOf } from '../failures.ts'
import { leafAt, listStatements, listVoid, positionOfStatement, statementDetails } from '../queries/statements.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Statements']

/** A batch of the largest statements would be 134 MB; nobody has that, and memory is what it would cost. */
const batchBytes: BodyLimit = {
  bytes: 16 * 1024 * 1024,
  code: 'body-too-large',
  message: 'a batch has at most 16 MiB; send the rest in another one',
}

type Outcome = { readonly submitted: Submitted } | { readonly failure: Failure }

/** `/statements`: the list, one statement decoded or as bytes, and registration of a batch. */
export function statementRoutes(app: FastifyInstance, { node, bodies }: HttpContext, may: Authorisation): void {
  const onRequest = taggedBySize(node)

  app.get<{ Querystring: StatementsQuery }>('/statements', {
    onRequest,
    schema: {
      operationId: 'statements',
      tags,
      summary: 'Statements in the log, or in one that this node mirrors',
      description: 'The newest first, or from an index on, or those whose identifier begins with some digits.',
      querystring: api.statementsQuery,
      response: answers(api.statementsResponse, 'one page'),
    },
    handler: async (request, reply) => {
      const page = listStatements(node, request.query)
      if (page === undefined) throw notMirrored(request.query.origin)
      return reply.send(page)
    },
  })

  app.get<{ Querystring: VoidEntriesQuery }>('/void-entries', {
    onRequest,
    schema: {
      operationId: 'voidEntries',
      tags,
      summary: 'Entries of a mirrored log that have no effect',
      description:
        'Its own judge would refuse them, their signature is wrong, or they are no statement: its node has put into its log what it had to refuse. The tree covers them all the same. In the order of the log.',
      querystring: api.voidEntriesQuery,
      response: answers(api.voidEntriesResponse, 'one page'),
    },
    handler: async (request, reply) => {
      const page = listVoid(node, request.query)
      if (page === undefined) throw notMirrored(request.query.origin)
      return reply.send(page)
    },
  })

  app.get<{ Params: { id: string }; Querystring: StatementQuery }>('/statements/:id', {
    // Not tagged by size: whether a document is here does not depend on the log.
    schema: {
      operationId: 'statement',
      tags,
      summary: 'A statement, decoded',
      params: api.statementParams,
      querystring: api.statementQuery,
      response: answers(api.statementResponse, 'its header, its payload, and whether it took effect'),
    },
    handler: async (request, reply) => {
      const found = statementDetails(node, request.params.id, request.query.origin)
      if (found === undefined) throw unknown(request.params.id)
      return reply.header('cache-control', 'no-cache').send(found)
    },
  })

  app.get<{ Params: { id: string }; Querystring: StatementQuery }>('/statements/:id/raw', {
    schema: {
      operationId: 'rawStatement',
      tags,
      summary: 'A statement as it stands in the log',
      params: api.statementParams,
      querystring: api.statementQuery,
      response: answersBytes(mediaType.cose, 'COSE_Sign1 with an empty unprotected header'),
    },
    handler: async (request, reply) => {
      const position = positionOfStatement(node, request.params.id, request.query.origin)
      const leaf = position === undefined ? undefined : leafAt(node, position)
      if (leaf === undefined) throw unknown(request.params.id)
      reply.header('content-type', mediaType.cose).header('cache-control', immutable)
      return reply.send(Buffer.from(leaf))
    },
  })

  void app.register(async (filing) => {
    filing.removeAllContentTypeParsers()
    filing.addContentTypeParser(mediaType.cborSequence, (_request, payload, done) =>
      bodies.read(payload, batchBytes, done),
    )
    filing.post('/statements', {
      onRequest: may.filing,
      config: { documentedBody: { [mediaType.cborSequence]: binary } },
      schema: {
        operationId: 'submitBatch',
        tags,
        summary: `Register up to ${batchLimit} statements at once`,
        description:
          'A CBOR sequence (RFC 8742) of COSE_Sign1. Each is taken or refused by itself, and the answer follows their order. They must not depend on each other: their order in the log is not promised. With `Accept: application/cbor-seq` the answer is the sequence of receipts, with a concise problem in place of each that is missing.',
        security: [{ token: [] }],
        response: answers(api.batchResponse, 'what became of each'),
      },
      handler: async (request, reply) => {
        const outcomes = await Promise.all(itemsOf(request.body).map(outcomeOf))
        if (request.headers.accept?.includes(mediaType.cborSequence) !== true) return reply.send(asJson(outcomes))
        return reply.header('content-type', mediaType.cborSequence).send(Buffer.from(asSequence(outcomes)))
      },
    })
  })

  async function outcomeOf(statement: Uint8Array): Promise<Outcome> {
    try {
      return { submitted: await node.submit(statement) }
    } catch (error) {
      return { failure: failureOf(error) }
    }
  }
}

function itemsOf(body: unknown): readonly Uint8Array[] {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw new StatementError('not-cbor', 'the body is empty; it is a sequence of COSE_Sign1')
  const items = splitCborSequence(body, batchLimit)
  const large = items.findIndex((item) => item.length > MAX_STATEMENT_BYTES)
  if (large >= 0) {
    throw new StatementError(
      'statement-too-large',
      `item ${large} of the sequence has more than ${MAX_STATEMENT_BYTES} bytes`,
    )
  }
  return items
}

function asJson(outcomes: readonly Outcome[]): BatchResponse {
  return {
    results: outcomes.map((outcome) => {
      if ('submitted' in outcome) {
        const { id, index, duplicate, receipt } = outcome.submitted
        return { id, index, duplicate, receipt: Buffer.from(receipt()).toString('base64url') }
      }
      const { problem, refusal } = outcome.failure
      return {
        problem: refusal === undefined ? problem : { ...problem, refusal: Buffer.from(refusal).toString('base64url') },
      }
    }),
  }
}

function asSequence(outcomes: readonly Outcome[]): Uint8Array {
  return joinCborSequence(
    outcomes.map((outcome) => {
      if ('submitted' in outcome) return outcome.submitted.receipt()
      const { problem, refusal } = outcome.failure
      const { code, detail, pointer } = problem
      const title = isProblemCode(code) ? problemKinds[code].scitt : problem.title
      return encodeConciseProblem({ title, detail, code, pointer, refusal })
    }),
  )
}

function unknown(id: string): RequestError {
  return new RequestError('not-found', `no statement ${id} is in this log, nor in one that is mirrored here`)
}

function notMirrored(origin = ''): RequestError {
  return new RequestError('not-found', `this node has no copy of the log ${origin}`)
}
