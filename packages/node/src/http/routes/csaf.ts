import { partyHex } from '@comity/statement'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { CsafProvider } from '../../csaf/csaf-provider.ts'
import type { CsafFile } from '../../csaf/files.ts'
import type { TreeAddress } from '../../csaf/provider-metadata.ts'
import type { PartyTree } from '../../csaf/tree.ts'
import type { HttpContext } from '../context.ts'
import { answerFile, FilesMade } from '../csaf-answers.ts'
import { answersBytes } from '../documented.ts'
import { RequestError } from '../request-error.ts'

/** Where the keeper's own metadata is (CSAF 2.0, requirement 9), and the list of all (requirement 21). */
export const wellKnownMetadata = '/.well-known/csaf/provider-metadata.json'
export const wellKnownList = '/.well-known/csaf-aggregator/aggregator.json'

const tags = ['Products and advisories']
const json = 'application/json'

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
  const files = new FilesMade()

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

  function answer(request: FastifyRequest, reply: FastifyReply, party: string, path: string): FastifyReply {
    const tree = csaf?.trees.of(party)
    if (csaf === undefined || tree === undefined) {
      throw new RequestError(
        'not-found',
        `this party has no listed CSAF document here; ${wellKnownList} names those that have, /api/v1/csaf/problems what is not listed`,
      )
    }
    const at = `/csaf/${partyHex(party)}/${path}`
    return answerFile(request, reply, { node, file: fileIn(csaf, tree, path), at })
  }

  function fileIn({ keys }: CsafProvider, tree: PartyTree, path: string): CsafFile | undefined {
    return files.fileAt({ tree, keys: keys.listed, address: addressOf(publicUrl, tree.party, node.keeper) }, path)
  }
}

/** Undefined where the node was not told an `https` address: every address in CSAF begins so (requirement 3). */
export function addressOf(publicUrl: string, party: string, keeper: string): TreeAddress | undefined {
  if (!publicUrl.startsWith('https://')) return undefined
  const base = `${publicUrl}/csaf/${partyHex(party)}`
  return { base, metadata: party === keeper ? publicUrl + wellKnownMetadata : `${base}/provider-metadata.json` }
}
