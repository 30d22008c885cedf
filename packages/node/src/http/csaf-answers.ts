/** Files of CSAF trees as answers, whosever trees they are. */
import { sha256Hex } from '@comity/crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { type CsafFile, fileAt, type FilesOf } from '../csaf/files.ts'
import type { Listed, Tree } from '../csaf/tree.ts'
import type { ComityNode } from '../node.ts'
import { matches, revalidate } from './caching.ts'
import { directoryPage } from './pages/directory-page.ts'
import { RequestError } from './request-error.ts'
import { pagePolicy } from './routes/home.ts'

/** Documents up to this many bytes are sent at once, and so can be packed: 4 MiB. */
const sentAtOnce = 4 * 1024 * 1024

const json = 'application/json'

/** Files of trees, each made once for each state of its tree. */
export class FilesMade {
  readonly #made = new WeakMap<Tree, Map<string, CsafFile | undefined>>()

  /** Undefined where there is none at that path. */
  fileAt(of: FilesOf, path: string): CsafFile | undefined {
    const { tree, keys } = of
    const key = `${keys.length} ${path}`
    const files = this.#made.get(tree) ?? new Map<string, CsafFile | undefined>()
    this.#made.set(tree, files)
    const known = files.get(key)
    if (known !== undefined) return known
    const file = fileAt(of, path)
    // Few are large: what stands beside a document is cheaper to make than to keep.
    if (file?.kind === 'text' && !/\/\d{4}\//.test(path)) files.set(key, file)
    return file
  }
}

/** Answers with a file of a tree. `at`: its path on this node. */
export function answerFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { node, file, at }: { node: Pick<ComityNode, 'documents'>; file: CsafFile | undefined; at: string },
): FastifyReply {
  switch (file?.kind) {
    case undefined:
      throw new RequestError('not-found', 'there is no such file in this tree')
    case 'nameless':
      throw nameless()
    case 'text':
      return sendText(request, reply, file)
    case 'document':
      return sendDocument(request, reply, { node, listed: file.listed })
    case 'directory': {
      reply.header('content-security-policy', pagePolicy).header('referrer-policy', 'no-referrer')
      const page = directoryPage(at, file.names)
      return sendText(request, reply, { type: 'text/html; charset=utf-8', text: page.text, at: file.at })
    }
  }
}

function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  { node: { documents }, listed: { digest, updatedAt } }: { node: Pick<ComityNode, 'documents'>; listed: Listed },
): FastifyReply {
  if (documents.status(digest) !== 'present') {
    throw new RequestError('withheld', `the document ${digest} is withheld under a statement in the log`)
  }
  if (isKnown(request, reply, `"${digest}"`, updatedAt)) return reply.code(304).send()
  const size = documents.sizeOf(digest) ?? 0
  // Exactly this type: there are clients that take nothing else.
  reply.header('content-type', json)
  if (size <= sentAtOnce) return reply.send(Buffer.from(documents.read(digest)))
  return reply.header('content-length', size).send(Readable.from(documents.stream(digest)))
}

export function nameless(): RequestError {
  return new RequestError(
    'not-found',
    'this file would name absolute https addresses, and the node was not told its own: its keeper starts it with --public-url https://…',
  )
}

export function sendText(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, text, at }: { readonly type: string; readonly text: string; readonly at: number },
): FastifyReply {
  if (isKnown(request, reply, `"${sha256Hex(Buffer.from(text)).slice(0, 32)}"`, at)) return reply.code(304).send()
  return reply.header('content-type', type).send(Buffer.from(text))
}

/** Sets validators (RFC 9110 §8.8); whether the client has what they name (§13.1.2 and, without a tag, §13.1.3). */
function isKnown(request: FastifyRequest, reply: FastifyReply, tag: string, at: number): boolean {
  reply
    .header('etag', tag)
    .header('last-modified', new Date(at * 1000).toUTCString())
    .header('cache-control', revalidate)
    .header('x-content-type-options', 'nosniff')
  if (request.headers['if-none-match'] !== undefined) return matches(request, tag)
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && since >= at * 1000
}
