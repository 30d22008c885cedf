import { sha256Hex } from '@comity/crypto'
import { partyHex } from '@comity/statement'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { leastProviders, listerJson } from '../../csaf/aggregator.ts'
import type { CsafProvider } from '../../csaf/csaf-provider.ts'
import { type CsafFile, fileAt } from '../../csaf/files.ts'
import type { TreeAddress } from '../../csaf/provider-metadata.ts'
import type { Listed, Tree } from '../../csaf/tree.ts'
import { matches, revalidate } from '../caching.ts'
import type { HttpContext } from '../context.ts'
import { answersBytes } from '../documented.ts'
import { directoryPage } from '../pages/directory-page.ts'
import { nameOf } from '../pages/words.ts'
import { RequestError } from '../request-error.ts'
import { pagePolicy } from './home.ts'

/** Where the keeper's own metadata is (CSAF 2.0, requirement 9), and the list of all (requirement 21). */
export const wellKnownMetadata = '/.well-known/csaf/provider-metadata.json'
const wellKnownList = '/.well-known/csaf-aggregator/aggregator.json'

const tags = ['Products and advisories']
const json = 'application/json'

/** Documents up to this many bytes are sent at once, and so can be packed: 4 MiB. */
const sentAtOnce = 4 * 1024 * 1024

interface InTree {
  readonly Params: { readonly party: string; readonly '*': string }
}

const treeParams = Type.Object({
  party: Type.String({ description: 'the 64 hexadecimal digits of the party' }),
  path: Type.String({ description: '`provider-metadata.json`, `white/2026/north-1.json.asc`, …' }),
})

/**
 * The trees of CSAF trusted providers, one for each party with valid CSAF documents in this log: freely readable, without
 * a redirect. What is TLP:GREEN, AMBER or RED is in none, for nothing in a public log is for a few.
 */
export function csafRoutes(app: FastifyInstance, { node, csaf, publicUrl }: HttpContext): void {
  const made = new WeakMap<Tree, Map<string, CsafFile | undefined>>()

  app.get<InTree>('/csaf/:party/*', {
    config: { documentedPath: { url: '/csaf/:party/:path', params: treeParams } },
    schema: {
      operationId: 'csafFile',
      tags,
      summary: "A file of a party's CSAF tree",
      description:
        'Metadata, ROLIE feeds, directory lists, documents with hashes and OpenPGP signatures (CSAF 2.0, section 7, role trusted provider).',
      response: answersBytes(json, 'the file, with its own type'),
    },
    handler: async (request, reply) =>
      answer(request, reply, `urn:comity:party:${request.params.party}`, request.params['*']),
  })

  for (const [name, operationId] of [
    ['provider-metadata.json', 'csafMetadata'],
    ['service.json', 'csafService'],
  ] as const) {
    app.get(`/.well-known/csaf/${name}`, {
      schema: {
        operationId,
        tags,
        summary: `The keeper's own CSAF ${name}`,
        response: answersBytes(json, 'as in its tree (CSAF 2.0, requirement 9)'),
      },
      handler: async (request, reply) => answer(request, reply, node.keeper, name),
    })
  }

  app.get(wellKnownList, {
    schema: {
      operationId: 'csafProviders',
      tags,
      summary: 'Where the CSAF trees of this node are',
      description: 'A lister (CSAF 2.0, requirements 21 and 22), where at least two parties have a tree here.',
      response: answersBytes(json, 'aggregator.json'),
    },
    handler: async (request, reply) => {
      const trees = csaf?.trees.parties().flatMap((party) => csaf.trees.of(party) ?? []) ?? []
      const [url, first] = [addressOf(publicUrl, node.keeper, node.keeper), trees[0]]
      if (first === undefined || trees.length < leastProviders) {
        throw new RequestError('not-found', 'fewer than two parties have CSAF documents here: nothing is to be listed')
      }
      if (url === undefined) throw nameless()
      const listed = trees.map((tree) => ({
        publisher: tree.publisher,
        url: (addressOf(publicUrl, tree.party, node.keeper) ?? url).metadata,
        updatedAt: tree.updatedAt,
      }))
      const name = nameOf(node.findParty(node.keeper)?.names ?? [])
      const text = JSON.stringify(
        listerJson({ name, namespace: publicUrl, url: publicUrl + wellKnownList }, listed),
        null,
        2,
      )
      const at = Math.max(...listed.map(({ updatedAt }) => updatedAt))
      return sendText(request, reply, { type: json, text, at })
    },
  })

  function answer(request: FastifyRequest, reply: FastifyReply, party: string, path: string): FastifyReply {
    const tree = csaf?.trees.of(party)
    if (csaf === undefined || tree === undefined) {
      throw new RequestError(
        'not-found',
        `this party has no listed CSAF document here; ${wellKnownList} names those that have, /api/v1/csaf/problems what is not listed`,
      )
    }
    const file = fileIn(csaf, tree, path)
    switch (file?.kind) {
      case undefined:
        throw new RequestError('not-found', 'there is no such file in this tree')
      case 'nameless':
        throw nameless()
      case 'text':
        return sendText(request, reply, file)
      case 'document':
        return sendDocument(request, reply, file.listed)
      case 'directory': {
        reply.header('content-security-policy', pagePolicy).header('referrer-policy', 'no-referrer')
        const page = directoryPage(`/csaf/${partyHex(party)}/${path}`, file.names)
        return sendText(request, reply, { type: 'text/html; charset=utf-8', text: page.text, at: file.at })
      }
    }
  }

  /** Made once for each state of a tree. */
  function fileIn({ keys }: CsafProvider, tree: Tree, path: string): CsafFile | undefined {
    const { listed } = keys
    const key = `${listed.length} ${path}`
    const files = made.get(tree) ?? new Map<string, CsafFile | undefined>()
    made.set(tree, files)
    const known = files.get(key)
    if (known !== undefined) return known
    const file = fileAt({ tree, keys: listed, address: addressOf(publicUrl, tree.party, node.keeper) }, path)
    // Few are large: what stands beside a document is cheaper to make than to keep.
    if (file?.kind === 'text' && !/\/\d{4}\//.test(path)) files.set(key, file)
    return file
  }

  function sendDocument(request: FastifyRequest, reply: FastifyReply, { digest, updatedAt }: Listed): FastifyReply {
    const { documents } = node
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
}

/** Undefined where the node was not told an `https` address: every address in CSAF begins so (requirement 3). */
export function addressOf(publicUrl: string, party: string, keeper: string): TreeAddress | undefined {
  if (!publicUrl.startsWith('https://')) return undefined
  const base = `${publicUrl}/csaf/${partyHex(party)}`
  return { base, metadata: party === keeper ? publicUrl + wellKnownMetadata : `${base}/provider-metadata.json` }
}

function nameless(): RequestError {
  return new RequestError(
    'not-found',
    'this file would name absolute https addresses, and the node was not told its own: its keeper starts it with --public-url https://…',
  )
}

function sendText(
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
