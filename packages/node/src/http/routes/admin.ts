import { api, type BackupBody, type IssueTokenBody } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import type { TokenInfo } from '../../vault/token.ts'
import type { Authorisation } from '../authorisation.ts'
import { BackupRuns } from '../backup-runs.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersNothing } from '../documented.ts'

const tags = ['Administration']
const security = [{ token: [] }]

/** For holders of an admin token. */
export function adminRoutes(app: FastifyInstance, { node, vault, backup }: HttpContext, may: Authorisation): void {
  app.addHook('onRequest', may.admin)
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))
  const backups = new BackupRuns(backup)

  app.post('/findings', {
    schema: {
      operationId: 'publishFindings',
      tags,
      summary: "Publish findings now, under the keeper's signature",
      security,
      response: answers(api.publishFindingsResponse, 'the findings statement', 201),
    },
    handler: async (_request, reply) => {
      const { id, index } = await node.publishFindings()
      return reply.code(201).send({ id, index })
    },
  })

  app.post<{ Body: BackupBody }>('/admin/backup', {
    schema: {
      operationId: 'backup',
      tags,
      summary: 'Copy the data folder while the node runs',
      description: 'Answers after a second at the latest; GET says how it goes on.',
      security,
      body: api.backupBody,
      response: answers(api.backupResponse, 'the copy is under way, or whole and verified'),
    },
    handler: async (request, reply) => reply.send(await backups.begin(request.body.directory)),
  })

  app.get('/admin/backup', {
    schema: {
      operationId: 'backupState',
      tags,
      summary: 'How the newest backup stands',
      security,
      response: answers(api.backupResponse, 'how far it has come, and how it ended'),
    },
    handler: async (_request, reply) => reply.send(backups.newest()),
  })

  app.post<{ Body: IssueTokenBody }>('/tokens', {
    schema: {
      operationId: 'issueToken',
      tags,
      summary: 'Issue a token',
      security,
      body: api.issueTokenBody,
      response: answers(api.issueTokenResponse, 'its secret is shown this once', 201),
    },
    handler: async (request, reply) => {
      const { label, party = null, admin = false } = request.body
      const { secret, ...info } = await vault.issueToken({ label, party, admin })
      return reply.code(201).send({ ...shown(info), secret })
    },
  })

  app.get('/tokens', {
    schema: {
      operationId: 'tokens',
      tags,
      summary: 'All tokens, revoked ones too, without their secrets',
      security,
      response: answers(api.tokensResponse, 'in the order in which they were issued'),
    },
    handler: async (_request, reply) => reply.send({ tokens: vault.listTokens().map(shown) }),
  })

  app.delete<{ Params: { id: string } }>('/tokens/:id', {
    schema: {
      operationId: 'revokeToken',
      tags,
      summary: 'Revoke a token, for good',
      security,
      params: api.tokenParams,
      response: answersNothing('it is refused from now on'),
    },
    handler: async (request, reply) => {
      await vault.revokeToken(request.params.id)
      return reply.code(204).send()
    },
  })
}

/** The members of the API, whatever else the vault may keep about a token. */
function shown({ id, label, party, admin, issuedAt, revokedAt }: TokenInfo) {
  return { id, label, party, admin, issuedAt, ...(revokedAt === undefined ? {} : { revokedAt }) }
}
