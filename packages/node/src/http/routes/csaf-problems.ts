import { api, type CsafProblem, type CsafProblemsQuery } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import type { CsafProvider } from '../../csaf/csaf-provider.ts'
import type { Unlisted } from '../../csaf/tree.ts'
import type { Authorisation } from '../authorisation.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { badCursor, limitOf, type Page, pageOf } from '../queries/page.ts'
import { RequestError } from '../request-error.ts'

/** `/csaf/problems`: CSAF documents in this log that are in no tree, and why. */
export function csafProblemRoutes(app: FastifyInstance, { csaf }: HttpContext): void {
  app.get<{ Querystring: CsafProblemsQuery }>('/csaf/problems', {
    schema: {
      operationId: 'csafProblems',
      tags: ['Products and advisories'],
      summary: 'CSAF documents that are not listed in the tree of their party',
      description:
        'The latest revision of each advisory whose document is CSAF and not valid CSAF 2.0, or not for everybody. The advisory itself stands and is matched.',
      querystring: api.csafProblemsQuery,
      response: answers(api.csafProblemsResponse, 'one page, by party and then in the order of the log'),
    },
    handler: async (request, reply) =>
      reply.send(csaf === undefined ? { items: [] } : listProblems(csaf, request.query)),
  })
}

/** `/admin/csaf-key`: a new OpenPGP key to sign CSAF documents with. */
export function csafKeyRoutes(app: FastifyInstance, { csaf }: HttpContext, may: Authorisation): void {
  app.addHook('onRequest', may.admin)
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))

  app.post('/admin/csaf-key', {
    schema: {
      operationId: 'rotateCsafKey',
      tags: ['Administration'],
      summary: 'Sign CSAF documents with a new OpenPGP key from now on',
      description: 'The one before signs no more; its public part stays listed for what it has signed.',
      security: [{ token: [] }],
      response: answers(api.csafKeyResponse, 'the new key', 201),
    },
    handler: async (_request, reply) => {
      if (csaf === undefined) throw new RequestError('not-found', 'this node serves no CSAF documents')
      const { fingerprint } = await csaf.keys.rotate()
      return reply.code(201).send({ fingerprint, listed: csaf.keys.listed.map((key) => key.fingerprint) })
    },
  })
}

/** Reads no more parties than the page needs. The cursor is the last one's party and place in the log. */
function listProblems({ trees }: CsafProvider, query: CsafProblemsQuery): Page<CsafProblem> {
  const limit = limitOf(query)
  const after = afterOf(query)
  const found: Unlisted[] = []
  for (const party of query.party === undefined ? trees.publishers() : [query.party]) {
    if (found.length > limit) break
    found.push(...trees.unlistedOf(party).filter((each) => after === undefined || isAfter(each, after)))
  }
  return pageOf(found, limit, problemOf, ({ party, effective }) => `${party}.${effective}`)
}

function problemOf({ party, sub, digest, at, faults }: Unlisted): CsafProblem {
  return { party, advisory: sub, document: digest, at, faults: [...faults] }
}

type Place = Pick<Unlisted, 'party' | 'effective'>

function afterOf({ cursor }: CsafProblemsQuery): Place | undefined {
  if (cursor === undefined) return undefined
  const found = /^(urn:comity:party:[0-9a-f]{64})\.([0-9]{1,16})$/.exec(cursor)
  if (found?.[1] === undefined) throw badCursor()
  return { party: found[1], effective: Number(found[2]) }
}

function isAfter({ party, effective }: Place, after: Place): boolean {
  return party === after.party ? effective > after.effective : party > after.party
}
