/**
 * The SCITT reference API (draft-ietf-scitt-scrapi-11) on top of the log: registration answers 201 with the receipt,
 * because a batch takes milliseconds; there is nothing to poll for.
 */
import { mediaType } from '@comity/contract'
import {
  encodeCoseKey,
  encodeCoseKeySet,
  MAX_STATEMENT_BYTES,
  type PublicKey,
  rawKey,
  StatementError,
} from '@comity/statement'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { Type } from 'typebox'
import type { Bringer } from '../../pipeline/admission.ts'
import { crypto } from '../../crypto-port.ts'
import type { Authorisation } from '../authorisation.ts'
import type { BodyLimit } from '../bodies.ts'
import type { HttpContext } from '../context.ts'
import { binary, scittAnswers } from '../documented.ts'
import { failureOf } from '../failures.ts'
import { sendScittProblem } from '../replies.ts'
import { RequestError } from '../request-error.ts'

const statementLimit: BodyLimit = {
  bytes: MAX_STATEMENT_BYTES,
  code: 'statement-too-large',
  message: `a statement with its receipts has at most ${MAX_STATEMENT_BYTES} bytes; put what is larger into a document and cite its digest`,
}

/** A day, not for ever: after a change of the receipt key the proof is the same under another signature. */
const receiptsKept = 'public, max-age=86400'

const tags = ['SCITT']

/** `/entries` and `/.well-known/scitt-keys`: registration, receipts, and the keys to verify them with. */
export function scittRoutes(app: FastifyInstance, context: HttpContext, may: Authorisation): void {
  const { node, bodies, publicUrl } = context
  app.removeAllContentTypeParsers()
  app.addContentTypeParser([mediaType.cose, mediaType.statement], (_request, payload, done) =>
    bodies.read(payload, statementLimit, done),
  )
  app.setErrorHandler((error, request, reply) => {
    const failure = failureOf(error)
    return sendScittProblem(
      request,
      reply,
      failure.problem.code === 'wrong-content-type' ? failureOf(wrongType()) : failure,
    )
  })

  app.post('/entries', {
    onRequest: [may.filingOrCopying, takeAtOnce],
    config: { documentedBody: { [mediaType.cose]: binary } },
    schema: {
      operationId: 'submit',
      tags,
      summary: 'Register a statement',
      description:
        'Takes one COSE_Sign1 and answers with its receipt once it is durable and under a signed checkpoint. What is registered already gets its first receipt again, with `Comity-Duplicate: true`. An authentic statement that is refused gets a refusal signed by the keeper. Where filing takes a token, copies of party statements of parties at home elsewhere are taken without one.',
      security: [{ token: [] }],
      response: scittAnswers(mediaType.cose, 'the receipt (RFC 9942)', 201),
    },
    handler: (request, reply) => answer(request, reply, request.body),
  })

  app.get<{ Params: { id: string } }>('/entries/:id', {
    schema: {
      operationId: 'receipt',
      tags,
      summary: 'The first receipt of a statement',
      params: Type.Object({ id: Type.String({ description: 'statement id: SHA-256 of its Sig_structure, hex' }) }),
      response: scittAnswers(mediaType.cose, 'the receipt (RFC 9942)'),
    },
    handler: async (request, reply) => {
      const { id } = request.params
      if (!/^[0-9a-f]{64}$/.test(id))
        throw new RequestError('bad-locator', 'a statement id has 64 lowercase hexadecimal digits')
      const found = node.find(id)
      if (found === undefined)
        throw new RequestError('not-found', `no receipt with entry id ${id} is known to this log`)
      reply.header('location', `${publicUrl}/entries/${id}`).header('content-type', mediaType.cose)
      return reply.header('cache-control', receiptsKept).send(Buffer.from(node.receipt(found)))
    },
  })

  app.get('/.well-known/scitt-keys', {
    schema: {
      operationId: 'receiptKeys',
      tags,
      summary: 'Keys that receipts are verified with, past ones too',
      response: scittAnswers(mediaType.cbor, 'COSE Key Set (RFC 9052 §7)'),
    },
    handler: async (_request, reply) => {
      reply.header('content-type', mediaType.cbor).header('cache-control', 'public, max-age=60')
      return reply.send(Buffer.from(encodeCoseKeySet([...receiptKeys().values()], crypto)))
    },
  })

  app.get<{ Params: { kid: string } }>('/.well-known/scitt-keys/:kid', {
    schema: {
      operationId: 'receiptKey',
      tags,
      summary: 'One of them by its thumbprint (RFC 9679)',
      params: Type.Object({ kid: Type.String({ description: 'unpadded base64url' }) }),
      response: scittAnswers(mediaType.cbor, 'COSE_Key (RFC 9052 §7)'),
    },
    handler: async (request, reply) => {
      const kid = Buffer.from(request.params.kid, 'base64url')
      const key = receiptKeys().get(kid.toString('hex'))
      if (key === undefined || kid.toString('base64url') !== request.params.kid) {
        throw new RequestError('no-such-key', 'no receipt key of this log has this kid (unpadded base64url)')
      }
      reply.header('content-type', mediaType.cbor).header('cache-control', 'public, max-age=60')
      return reply.send(Buffer.from(encodeCoseKey(key, crypto)))
    },
  })

  /** Reads a statement of the usual type where the frame would, with fewer steps: they cost a tenth of a verification. */
  function takeAtOnce(request: FastifyRequest, reply: FastifyReply, next: HookHandlerDoneFunction): void {
    if (request.headers['content-type'] !== mediaType.cose) {
      next()
      return
    }
    bodies.read(request.raw, statementLimit, (error, body) => {
      if (error === null) answer(request, reply, body)
      else reply.send(error)
    })
  }

  function answer(request: FastifyRequest, reply: FastifyReply, body: unknown): void {
    submitted(body, may.bringer(request)).then(
      ({ id, duplicate, receipt }) => {
        // Straight to the socket: the frame's way out costs more than all the rest of this request does.
        reply.hijack()
        reply.raw.writeHead(201, {
          'content-type': mediaType.cose,
          'content-length': receipt.length,
          location: `${publicUrl}/entries/${id}`,
          ...(duplicate ? { 'comity-duplicate': 'true' } : {}),
        })
        reply.raw.end(receipt)
      },
      (error: unknown) => reply.send(error),
    )
  }

  async function submitted(body: unknown, by: Bringer) {
    if (!Buffer.isBuffer(body) || body.length === 0)
      throw new StatementError('not-cbor', 'the body is empty; it is one COSE_Sign1')
    const { id, duplicate, receipt } = await node.submit(body, by)
    return { id, duplicate, receipt: Buffer.from(receipt()) }
  }

  /** By kid in hex. A retired key stays: receipts made with it stay valid. */
  function receiptKeys(): ReadonlyMap<string, PublicKey> {
    const keys = node.findParty(node.keeper)?.keys.filter((key) => key.roles.includes('receipt')) ?? []
    return new Map(keys.map((key) => [key.kid, rawKey(key)]))
  }
}

function wrongType(): RequestError {
  return new RequestError('wrong-content-type', `a statement comes as ${mediaType.cose}`)
}
