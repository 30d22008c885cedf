import type { FastifyInstance, FastifyReply } from 'fastify'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** Below this many bytes an answer fits into one packet whatever is done to it. */
const smallest = 1024

type Encoding = 'br' | 'gzip'

type Done = (error: Error | null, bytes: Buffer) => void

const compress: Readonly<Record<Encoding, (bytes: string | Buffer, done: Done) => void>> = {
  // Quality 4 costs about what gzip does and takes a tenth less; the default, 11, is for files that are packed once.
  br: (bytes, done) => brotliCompress(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }, done),
  gzip: (bytes, done) => gzip(bytes, { level: 6 }, done),
}

/**
 * Packs JSON and text for clients that take that (RFC 9110 §12.5.3), off the main thread.
 *
 * What must not be stored is left as it is: it may be secret, and the length of what is packed together with words of
 * somebody else's choosing says something about it. So are documents, which are sent in pieces and in parts.
 */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if ((typeof payload !== 'string' && !Buffer.isBuffer(payload)) || !isText(reply)) {
      done(null, payload)
      return
    }
    reply.header('vary', 'accept-encoding')
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
    const encoding = size < smallest || isSecret(reply) ? undefined : chosen(request.headers['accept-encoding'])
    if (encoding === undefined) {
      done(null, payload)
      return
    }
    compress[encoding](payload, (error, packed) => {
      if (error !== null) {
        done(null, payload)
        return
      }
      const tag = reply.getHeader('etag')
      // The same answer in other bytes: a strong tag names the bytes.
      if (typeof tag === 'string' && tag.startsWith('"')) reply.header('etag', `W/${tag}`)
      reply.header('content-encoding', encoding).header('content-length', packed.length)
      done(null, packed)
    })
  })
}

function isText(reply: FastifyReply): boolean {
  const type = String(reply.getHeader('content-type') ?? '')
  return type.startsWith('text/') || type.includes('json') || type.startsWith('image/svg')
}

function isSecret(reply: FastifyReply): boolean {
  return String(reply.getHeader('cache-control') ?? '').includes('no-store')
}

/** The encoding that the client would rather have; Brotli where it does not say. */
function chosen(accepted: string | undefined): Encoding | undefined {
  if (accepted === undefined) return undefined
  const weights = new Map<string, number>()
  for (const item of accepted.toLowerCase().split(',')) {
    const [name = '', weight] = item.split(';', 2).map((part) => part.trim())
    weights.set(name, weight === undefined ? 1 : weight.startsWith('q=') ? Number(weight.slice(2)) || 0 : 0)
  }
  const br = weights.get('br') ?? 0
  // Whoever takes anything takes what everybody can unpack.
  const zipped = weights.get('gzip') ?? weights.get('*') ?? 0
  if (br <= 0 && zipped <= 0) return undefined
  return br >= zipped ? 'br' : 'gzip'
}
