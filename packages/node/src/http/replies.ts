import { encodeConciseProblem, isProblemCode, mediaType, problemKinds } from '@comity/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Failure } from './failures.ts'

/** Answers with an error as JSON (RFC 9457). */
export function sendProblem(reply: FastifyReply, failure: Failure): FastifyReply {
  const { problem, refusal } = failure
  const body = refusal === undefined ? problem : { ...problem, refusal: Buffer.from(refusal).toString('base64url') }
  return prepare(reply, failure).header('content-type', mediaType.problem).send(JSON.stringify(body))
}

/**
 * Answers with an error as SCITT clients read it (RFC 9290), under the title that their API gives it; as JSON to those
 * who ask for that.
 */
export function sendScittProblem(request: FastifyRequest, reply: FastifyReply, failure: Failure): FastifyReply {
  if (acceptsProblemJson(request)) return sendProblem(reply, failure)
  const { problem, refusal } = failure
  const { code, detail, pointer } = problem
  const title = isProblemCode(code) ? problemKinds[code].scitt : problem.title
  const body = encodeConciseProblem({ title, detail: detail ?? problem.title, code, pointer, refusal })
  return prepare(reply, failure).header('content-type', mediaType.conciseProblem).send(Buffer.from(body))
}

function prepare(reply: FastifyReply, { problem, retryAfter, closes }: Failure): FastifyReply {
  reply.code(problem.status)
  reply
    .removeHeader('etag')
    .removeHeader('location')
    .header('cache-control', 'no-store')
    .header('comity-code', problem.code)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="comity"')
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
  if (closes) reply.header('connection', 'close')
  return reply
}

function acceptsProblemJson(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? ''
  return accept.includes(mediaType.problem) && !accept.includes(mediaType.conciseProblem)
}
