import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { aggregatorJson, leastProviders, type ListedProvider } from '../../csaf/aggregator.ts'
import { type MirroredTree, MirroredTrees } from '../../csaf/following/mirrored-tree.ts'
import type { TreeAddress } from '../../csaf/provider-metadata.ts'
import type { HttpContext } from '../context.ts'
import { answerFile, FilesMade, nameless, sendText } from '../csaf-answers.ts'
import { answersBytes } from '../documented.ts'
import { nameOf } from '../pages/words.ts'
import { RequestError } from '../request-error.ts'
import { addressOf, wellKnownList } from './csaf.ts'

const tags = ['Products and advisories']
const json = 'application/json'

/** Copies stand beside the list of them (CSAF 2.0, requirement 23). */
const mirrorsAt = wellKnownList.slice(0, wellKnownList.lastIndexOf('/'))

interface InMirror {
  readonly Params: { readonly source: string; readonly '*': string }
}

const mirrorParams = Type.Object({
  source: Type.String({ description: 'what the keeper of this node calls the provider' }),
  path: Type.String({ description: '`provider-metadata.json`, `white/2026/north-1.json.asc`, …' }),
})

/** `aggregator.json`, and the copies of CSAF providers that this node follows. Freely readable, without a redirect. */
export function csafMirrorRoutes(app: FastifyInstance, { node, csaf, sources, publicUrl }: HttpContext): void {
  const mirrors = csaf === undefined || sources === undefined ? undefined : new MirroredTrees(sources, csaf.keys)
  const files = new FilesMade()

  app.get(wellKnownList, {
    schema: {
      operationId: 'csafProviders',
      tags,
      summary: 'Where the CSAF trees of this node are, and what it mirrors',
      description:
        'An aggregator (CSAF 2.0, requirements 21 to 23) where it has copies of two providers or more; a lister where it lists at least two parties.',
      response: answersBytes(json, 'aggregator.json'),
    },
    handler: async (request, reply) => {
      const trees = csaf?.trees.parties().flatMap((party) => csaf.trees.of(party) ?? []) ?? []
      const copies = mirrors?.all() ?? []
      const own = addressOf(publicUrl, node.keeper, node.keeper)
      if (trees.length + copies.length < leastProviders) {
        throw new RequestError('not-found', 'fewer than two parties have CSAF documents here: nothing is to be listed')
      }
      if (own === undefined) throw nameless()
      const listed: readonly ListedProvider[] = [
        ...trees.map((tree) => ({
          publisher: tree.publisher,
          role: 'csaf_trusted_provider' as const,
          url: (addressOf(publicUrl, tree.party, node.keeper) ?? own).metadata,
          updatedAt: tree.updatedAt,
        })),
        ...copies.map(({ name, about, tree, every }) => ({
          publisher: about.publisher,
          role: about.role,
          url: about.canonicalUrl,
          mirror: (mirrorAddress(publicUrl, name) ?? own).metadata,
          every,
          updatedAt: tree.updatedAt,
        })),
      ]
      const name = nameOf(node.findParty(node.keeper)?.names ?? [])
      const keeper = { name, namespace: publicUrl, url: publicUrl + wellKnownList }
      const text = JSON.stringify(aggregatorJson(keeper, listed), null, 2)
      const at = Math.max(...listed.map(({ updatedAt }) => updatedAt))
      return sendText(request, reply, { type: json, text, at })
    },
  })

  app.get<InMirror>(`${mirrorsAt}/:source/*`, {
    config: { documentedPath: { url: `${mirrorsAt}/:source/:path`, params: mirrorParams } },
    schema: {
      operationId: 'csafMirrorFile',
      tags,
      summary: 'A file of the copy of a CSAF provider',
      description:
        'Documents as their publisher has them, checked by hash, signature, schema and mandatory tests, each with hashes and an OpenPGP signature: its own, or that of this node where it had none.',
      response: answersBytes(json, 'the file, with its own type'),
    },
    handler: async (request, reply) => {
      const { source, '*': path } = request.params
      const copy = mirrors?.find(source)
      if (copy === undefined)
        throw new RequestError('not-found', `there is no such copy here; ${wellKnownList} names those that there are`)
      const address = mirrorAddress(publicUrl, copy.name)
      const file = fileIn(copy, path, address)
      return answerFile(request, reply, { node, file, at: `${mirrorsAt}/${copy.name}/${path}` })
    },
  })

  function fileIn({ tree, keys }: MirroredTree, path: string, address: TreeAddress | undefined) {
    return files.fileAt({ tree, keys, address }, path)
  }
}

function mirrorAddress(publicUrl: string, name: string): TreeAddress | undefined {
  if (!publicUrl.startsWith('https://')) return undefined
  const base = `${publicUrl}${mirrorsAt}/${name}`
  return { base, metadata: `${base}/provider-metadata.json` }
}
