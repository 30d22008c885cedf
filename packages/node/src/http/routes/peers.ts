import { api, type AddPeerBody, type AddPeerResponse, type PeerSummary } from '@comity/contract'
import { emptyRoot } from '@comity/log'
import { digestText } from '@comity/statement'
import type { FastifyInstance } from 'fastify'
import type { Introduction } from '../../federation/peers/introduction.ts'
import type { PeerState } from '../../federation/peers/peer-state.ts'
import { type Peer, isWitnessAlone } from '../../federation/peers/peer.ts'
import type { ComityNode } from '../../node.ts'
import type { Authorisation } from '../authorisation.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersNothing } from '../documented.ts'

const tags = ['Peers']
const security = [{ token: [] }]

/** How each peer is doing, as everybody may know it. */
export function peerSummaries({ peers }: Pick<ComityNode, 'peers'>): readonly PeerSummary[] {
  const allowPrivate = new Set(peers.list().flatMap((peer) => (peer.allowPrivate ? [peer.origin] : [])))
  return peers.states().map((state) => {
    const { nextTryAt: _, lastError, url, ...shown } = state
    return {
      ...shown,
      // Addresses inside somebody's network are nobody else's business.
      ...(allowPrivate.has(state.origin) ? {} : { url }),
      ...(lastError === undefined ? {} : { lastError: { code: lastError.code, at: lastError.at } }),
    }
  })
}

/** `/peers`: the nodes this one deals with. */
export function peerRoutes(app: FastifyInstance, { node }: Pick<HttpContext, 'node'>, may: Authorisation): void {
  app.get('/peers', {
    schema: {
      operationId: 'peers',
      tags,
      summary: 'The peers of this node, and how they are doing',
      description: 'With an admin token also what is pinned of each, where it answers, and what went wrong in words.',
      response: answers(api.peersResponse, 'in the order in which they were added'),
    },
    handler: async (request, reply) => {
      reply.header('cache-control', 'no-store')
      if (request.headers.authorization === undefined) return reply.send({ peers: peerSummaries(node) })
      await may.admin(request)
      const states = new Map(node.peers.states().map((state) => [state.origin, state]))
      return reply.send({ peers: node.peers.list().map((peer) => forKeeper(peer, states.get(peer.origin))) })
    },
  })

  app.post<{ Body: AddPeerBody }>('/peers', {
    onRequest: may.admin,
    schema: {
      operationId: 'addPeer',
      tags,
      summary: 'Meet a node and make it a peer',
      description:
        'Fetches checkpoint and first entries, verifies them, and pins keeper and log keys. A peer with that origin is changed. With `look` nothing is.',
      security,
      body: api.addPeerBody,
      response: {
        ...answers(api.addPeerResponse, 'what was found there; nothing new came of it'),
        ...answers(api.addPeerResponse, 'it is a peer now', 201),
      },
    },
    handler: async (request, reply) => {
      const { look = false, ...peer } = request.body
      reply.header('cache-control', 'no-store')
      if (look) return reply.send(found(await node.peers.meet(peer), 'found'))
      const { introduction, peer: added, outcome } = await node.peers.add(peer)
      const answer = introduction === undefined ? witnessAlone(added, outcome) : found(introduction, outcome)
      return reply.code(outcome === 'added' ? 201 : 200).send(answer)
    },
  })

  app.delete<{ Params: { peer: string } }>('/peers/:peer', {
    onRequest: may.admin,
    schema: {
      operationId: 'removePeer',
      tags,
      summary: 'Take a node off the list of peers',
      description: 'What was mirrored of its log stays.',
      security,
      params: api.peerParams,
      response: answersNothing('it is no peer any more'),
    },
    handler: async (request, reply) => {
      await node.peers.remove(request.params.peer)
      return reply.code(204).header('cache-control', 'no-store').send()
    },
  })
}

function forKeeper(peer: Peer, state: PeerState | undefined): PeerSummary | undefined {
  if (state === undefined) return undefined
  const { nextTryAt, ...shown } = state
  const { keeper, logKeys, witnessKeys, witnessUrl, mirror, allowPrivate } = peer
  const pinned = { logKeys: [...logKeys], witnessKeys: [...witnessKeys], mirror, allowPrivate, nextTryAt }
  return {
    ...shown,
    pinned: {
      ...pinned,
      ...(isWitnessAlone(peer) ? {} : { keeper }),
      ...(witnessUrl === undefined ? {} : { witnessUrl }),
    },
  }
}

/** It has no log, so what is said of one is what an empty one has. */
function witnessAlone({ origin, url, witnessKeys }: Peer, outcome: AddPeerResponse['outcome']): AddPeerResponse {
  return { outcome, origin, url, logKeys: [], witnessKeys: [...witnessKeys], size: 0, root: digestText(emptyRoot()) }
}

function found(introduction: Introduction, outcome: AddPeerResponse['outcome']): AddPeerResponse {
  const { origin, url, keeper: urn, names, type, state, logKeys, witnessKeys, size, root } = introduction
  const keeper = { urn, names: [...names], type, ...(state === undefined ? {} : { state }) }
  return { outcome, origin, url, keeper, logKeys: [...logKeys], witnessKeys: [...witnessKeys], size, root }
}
