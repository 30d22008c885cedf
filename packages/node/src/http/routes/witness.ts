/** The witness of other logs: C2SP tlog-witness. */
import { mediaType } from '@comity/contract'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { WitnessAnswer } from '../../federation/witness/witness.ts'
import type { BodyLimit } from '../bodies.ts'
import type { HttpContext } from '../context.ts'
import { answersBytes, binary } from '../documented.ts'
import { limitedByAddress, refuseTooOften } from '../rate-limited.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Witness']

/**
 * The most bytes of a request: sixteen signatures of 5 kB, as many as anybody has to accept, and a proof. The format
 * itself would allow a mebibyte.
 */
const maxRequestBytes = 131_072

const requestLimit: BodyLimit = {
  bytes: maxRequestBytes,
  code: 'body-too-large',
  message: `a request to a witness has at most ${maxRequestBytes} bytes: leave out signatures that are not the log's`,
}

const originHash = Type.Object({
  originHash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the origin of a log, lowercase hex' }),
})

/** `/witness/…`: submission prefix and monitoring prefix are the same. */
export function witnessRoutes(
  app: FastifyInstance,
  { node, bodies, limits }: Pick<HttpContext, 'node' | 'bodies' | 'limits'>,
): void {
  app.removeAllContentTypeParsers()
  // The specification names no content type for requests, and clients send all sorts, an empty one among them.
  app.addHook('onRequest', async (request) => {
    request.raw.headers['content-type'] = mediaType.bytes
  })
  app.addContentTypeParser(mediaType.bytes, (_request, payload, done) => bodies.read(payload, requestLimit, done))

  app.post('/witness/add-checkpoint', {
    onRequest: limitedByAddress(limits, 'cosign-address'),
    config: { documentedBody: { [mediaType.text]: binary } },
    schema: {
      operationId: 'addCheckpoint',
      tags,
      summary: 'Have a checkpoint of a log cosigned',
      description:
        'C2SP tlog-witness: `old N`, a consistency proof from that size, an empty line, the signed checkpoint. Known are the logs of peers. 409 says the size that this witness remembers, as `text/x.tlog.size`.',
      response: answersBytes(mediaType.text, 'signature lines: one of Ed25519, one of ML-DSA-44'),
    },
    handler: async (request, reply) => {
      const { witness } = node.witnessing
      if (witness === undefined) throw new RequestError('log-not-witnessed', 'this node is no witness: it has no keys')
      // The parser hands on nothing else; without a body there is nothing to parse.
      const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
      const origin = claimedOrigin(body)
      refuseTooOften(limits.waitOf('cosign-log', origin))
      const answer = await witness.addCheckpoint(body)
      // Only now is it known that the log itself asked.
      if (answer.status === 200) limits.take('cosign-log', origin)
      return sendAnswer(reply, answer)
    },
  })

  app.get<{ Params: { originHash: string } }>('/witness/:originHash/checkpoint', {
    schema: {
      operationId: 'witnessedCheckpoint',
      tags,
      summary: 'The newest checkpoint of a log that was cosigned here',
      params: originHash,
      response: answersBytes(mediaType.text, "the signed note with this witness's cosignatures"),
    },
    handler: async (request, reply) => {
      const note = await node.witnessing.witness?.latest(request.params.originHash)
      if (note === undefined)
        throw new RequestError('not-found', 'no checkpoint of a log with this hash was cosigned here')
      return reply.header('content-type', mediaType.text).header('cache-control', 'public, max-age=1').send(note)
    },
  })
}

/** Which log a request says it is about: the line behind the first empty one. */
function claimedOrigin(body: Buffer): string {
  const start = body.indexOf('\n\n') + 2
  return body.subarray(start, body.indexOf('\n', start)).toString('utf8').slice(0, 255)
}

function sendAnswer(reply: FastifyReply, answer: WitnessAnswer): FastifyReply {
  reply.header('cache-control', 'no-store')
  switch (answer.status) {
    case 200:
      return reply.header('content-type', mediaType.text).send(answer.body)
    case 409:
      return reply.code(409).header('content-type', mediaType.tlogSize).send(`${answer.size}\n`)
    case 400:
      throw new RequestError('bad-request', answer.detail)
    case 403:
      throw new RequestError('checkpoint-unsigned', answer.detail)
    case 404:
      throw new RequestError('log-not-witnessed', answer.detail)
    case 422:
      throw new RequestError('checkpoint-inconsistent', answer.detail)
  }
}
