import { mediaType } from '@comity/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { documentLimit } from '../../documents.ts'
import { NodeError } from '../../node-error.ts'
import type { Authorisation } from '../authorisation.ts'
import { matches, revalidate } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answersBytes, binary, problems } from '../documented.ts'
import { type ByteRange, rangeOf } from '../ranges.ts'
import { RequestError } from '../request-error.ts'

interface ByDigest {
  Params: { digest: string }
}

const tags = ['Documents']
const answeredBytes = { [mediaType.bytes]: { schema: binary } }
const params = Type.Object({ digest: Type.String({ description: '`sha256:` and 64 lowercase hexadecimal digits' }) })

/** Documents that statements cite, by digest. What strangers uploaded is handed out as bytes, never as a page. */
export function documentRoutes(app: FastifyInstance, { node, policy }: HttpContext, may: Authorisation): void {
  const { documents } = node
  app.removeAllContentTypeParsers()
  // Any type will do: the statement that cites a document says what it is.
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))

  app.put<ByDigest>('/documents/:digest', {
    onRequest: may.storing,
    config: { documentedBody: { [mediaType.bytes]: binary } },
    schema: {
      operationId: 'putDocument',
      tags,
      summary: 'Store a document before the statement that cites it',
      description: 'At most 256 MiB, or what the policy says. Dropped after a day if no statement cites it.',
      security: [{ token: [] }],
      params,
      response: {
        200: { description: 'it was here already', type: 'null' },
        201: { description: 'stored', type: 'null' },
        ...problems,
      },
    },
    handler: async (request, reply) => {
      const digest = digestOf(request)
      if (documents.status(digest) === 'withheld') throw withheld(digest)
      if (documents.has(digest)) return reply.code(200).send()
      const limit = Math.min(documentLimit, policy.policy?.limits.documentBytes ?? documentLimit)
      if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
      const upload: Upload = { fault: undefined }
      try {
        await documents.put(digest, bounded(request, limit, upload))
      } catch (error) {
        // The store wraps what its source throws; what was wrong with the upload itself is told as it was.
        throw upload.fault ?? error
      }
      return reply.code(201).header('location', `/documents/${digest}`).send()
    },
  })

  app.get<ByDigest>('/documents/:digest', {
    exposeHeadRoute: false,
    schema: {
      operationId: 'document',
      tags,
      summary: 'A document by its digest',
      description: '410 with code `withheld` where a `withholding` statement says that it is not served.',
      params,
      response: {
        ...answersBytes(mediaType.bytes, 'the document, with the type that the first statement citing it gave'),
        206: { description: 'the one range of it that was asked for (RFC 9110 §14)', content: answeredBytes },
      },
    },
    handler: async (request, reply) => {
      const digest = describe(request, reply)
      if (reply.statusCode === 304) return reply.send()
      return reply.send(Readable.from(documents.stream(digest, partOf(request, reply, digest))))
    },
  })

  app.head<ByDigest>('/documents/:digest', {
    schema: { operationId: 'hasDocument', tags, summary: 'Whether a document is here, and its size', params },
    handler: async (request, reply) => {
      describe(request, reply)
      return reply.send()
    },
  })

  /** The part that the client asks for, with its headers; undefined for the whole. */
  function partOf(request: FastifyRequest<ByDigest>, reply: FastifyReply, digest: string): ByteRange | undefined {
    const condition = request.headers['if-range']
    if (condition !== undefined && condition !== `"${digest}"`) return undefined
    const size = documents.sizeOf(digest) ?? 0
    const range = rangeOf(request.headers.range, size)
    if (range === undefined) return undefined
    if (range === 'unsatisfiable') {
      reply
        .header('content-range', `bytes */${size}`)
        .removeHeader('content-length')
        .removeHeader('content-disposition')
      throw new RequestError(
        'range-not-satisfiable',
        `the document ${digest} has ${size} bytes, and none in that range`,
      )
    }
    reply
      .code(206)
      .header('content-range', `bytes ${range.from}-${range.to - 1}/${size}`)
      .header('content-length', range.to - range.from)
    return range
  }

  /** Sets the headers for a document that can be served; returns its digest. */
  function describe(request: FastifyRequest<ByDigest>, reply: FastifyReply): string {
    const digest = digestOf(request)
    const status = documents.status(digest)
    if (status === 'withheld') throw withheld(digest)
    if (status === 'absent') throw new RequestError('not-found', `the document ${digest} is not on this node`)
    const tag = `"${digest}"`
    reply
      .header('etag', tag)
      .header('accept-ranges', 'bytes')
      .header('cache-control', revalidate)
      .header('content-type', documents.typeOf(digest) ?? mediaType.bytes)
      .header('content-disposition', `attachment; filename="${digest.slice('sha256:'.length)}"`)
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('x-content-type-options', 'nosniff')
    if (matches(request, tag)) reply.code(304)
    else reply.header('content-length', documents.sizeOf(digest) ?? 0)
    return digest
  }
}

function digestOf(request: FastifyRequest<ByDigest>): string {
  const { digest } = request.params
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new RequestError('bad-locator', 'a document is named by sha256: and 64 lowercase hexadecimal digits')
  }
  return digest
}

/** What went wrong with the body of an upload, if anything did. */
interface Upload {
  fault: Error | undefined
}

/** The body in pieces, up to a limit. A body that is cut short fails here, and the store keeps nothing of it. */
async function* bounded(request: FastifyRequest, limit: number, upload: Upload): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const piece of request.raw) {
      // Safe: nobody has set an encoding, so the pieces are Buffers.
      const buffer = piece as Buffer
      bytes += buffer.length
      if (bytes > limit) throw tooLarge(limit)
      yield buffer
    }
  } catch (error) {
    const cutShort = () =>
      new RequestError('body-truncated', `the body ended after ${bytes} bytes`, { closes: true, cause: error })
    upload.fault = error instanceof NodeError ? error : cutShort()
    throw upload.fault
  }
}

function tooLarge(limit: number): NodeError {
  return new NodeError('document-too-large', `a document has at most ${limit} bytes on this node`)
}

function withheld(digest: string): RequestError {
  return new RequestError('withheld', `the document ${digest} is withheld under a statement in the log`)
}
