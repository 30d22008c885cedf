import { currentRuleset } from '@comity/assessment'
import { api, type StatusResponse } from '@comity/contract'
import { sha256 } from '@comity/crypto'
import { formatVerifierKey, noteType, verifierKey } from '@comity/log'
import { rawKey } from '@comity/statement'
import type { FastifyInstance } from 'fastify'
import { rangeOf } from '../../register/position.ts'
import manifest from '../../../package.json' with { type: 'json' }
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { openCases } from '../queries/cases.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Log']

/** What the node says about itself. */
export function statusOf({ node, sample }: Pick<HttpContext, 'node' | 'sample'>): StatusResponse {
  const { size, root, at } = node.head
  const keeper = node.findParty(node.keeper)
  const logKeys = keeper?.keys.filter((key) => key.roles.includes('log') && key.to === undefined) ?? []
  const parties = node.reader
    .prepare('SELECT count(*) AS parties FROM party WHERE party < ? AND home = ?')
    .get(rangeOf(0).to, node.origin)?.['parties']
  return {
    origin: node.origin,
    keeper: { urn: node.keeper, names: [...(keeper?.names ?? [])] },
    size,
    root: `sha256:${Buffer.from(root).toString('hex')}`,
    at,
    verifierKeys: logKeys
      .map(rawKey)
      .filter((key) => key.alg === 'EdDSA')
      .map((key) => formatVerifierKey(verifierKey(node.origin, noteType.ed25519, key.bytes, sha256))),
    witnessKeys: [...node.witnessing.verifierKeys],
    parties: Number(parties ?? 0),
    cases: openCases(node.reader, node.now()),
    ruleset: { version: currentRuleset.version, digest: currentRuleset.digest },
    sample,
    accepting: node.stopped === undefined,
    software: { name: 'comity', version: manifest.version },
  }
}

/** `/status` and `/policy`: whose log this is, and what it takes. */
export function statusRoutes(app: FastifyInstance, context: HttpContext): void {
  app.get('/status', {
    schema: {
      operationId: 'status',
      tags,
      summary: 'Whose log this is, and how far it has come',
      response: answers(api.statusResponse, 'the node at this moment'),
    },
    handler: async (_request, reply) => reply.header('cache-control', 'no-cache').send(statusOf(context)),
  })

  app.get('/policy', {
    schema: {
      operationId: 'policy',
      tags,
      summary: 'The filing policy in force',
      response: answers(api.policyResponse, 'the policy and the statement that set it'),
    },
    handler: async (_request, reply) => {
      const { standing } = context.policy
      if (standing === undefined) throw new RequestError('not-found', 'the log has no policy yet')
      return reply.header('cache-control', 'no-cache').send(standing)
    },
  })
}
