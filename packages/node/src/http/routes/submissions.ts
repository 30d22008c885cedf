/** Statements that a hosted party prepared beforehand, with a token of that party. */
import { api, type Submission, type SubmissionBody } from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import type { SubmissionRow } from '../../federation/cases/record/case-rows.ts'
import type { Authorisation } from '../authorisation.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersNothing } from '../documented.ts'

const tags = ['Submissions']
const security = [{ token: [] }]

/** 16 MiB of documents in base64url, and a statement. */
const bodyLimit = 24 * 1024 * 1024

export function submissionRoutes(app: FastifyInstance, { inbox }: HttpContext, may: Authorisation): void {
  const { submissions } = inbox.cases
  app.addHook('onRequest', async (request, reply) => {
    may.partyOf(request)
    reply.header('cache-control', 'no-store')
  })

  app.post<{ Body: SubmissionBody }>('/submissions', {
    bodyLimit,
    schema: {
      operationId: 'prepareSubmission',
      tags,
      summary: 'Keep a signed statement sealed until its minute, and submit it then',
      description:
        'It lies sealed in the vault with its documents. At its minute the node registers it, also after a restart; late where the node was not running. A move of a private case goes to its seat instead.',
      security,
      body: api.submissionBody,
      response: answers(api.submission, 'it is kept, durably', 201),
    },
    handler: async (request, reply) => {
      const { statement, documents, fields, at } = request.body
      const row = await submissions.prepare(may.partyOf(request), {
        statement: Buffer.from(statement, 'base64url'),
        documents: documents.map(({ type, content }) => ({
          mediaType: type,
          content: Buffer.from(content, 'base64url'),
        })),
        fields,
        due: at,
      })
      return reply.code(201).send(shown(row))
    },
  })

  app.get('/submissions', {
    schema: {
      operationId: 'submissions',
      tags,
      summary: 'What was prepared, the last first, and what became of it',
      security,
      response: answers(api.submissionsResponse, 'without the statements'),
    },
    handler: async (request, reply) => reply.send({ submissions: submissions.list(may.partyOf(request)).map(shown) }),
  })

  app.delete<{ Params: { id: string } }>('/submissions/:id', {
    schema: {
      operationId: 'cancelSubmission',
      tags,
      summary: 'Cancel a submission that waits',
      security,
      params: api.submissionParams,
      response: answersNothing('it will not enter the log'),
    },
    handler: async (request, reply) => {
      await submissions.cancel(may.partyOf(request), request.params.id)
      return reply.code(204).send()
    },
  })
}

/** The members of the API, whatever else the vault may keep. */
function shown({ id, statement, kind, sub, due, at, documents, state, ...end }: SubmissionRow): Submission {
  const { endedAt, index, code, detail } = end
  return {
    id,
    statement,
    kind,
    sub,
    at: due,
    preparedAt: at,
    documents: documents.map(({ digest }) => digest),
    state,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(index === undefined ? {} : { index }),
    ...(code === undefined ? {} : { code }),
    ...(detail === undefined ? {} : { detail }),
  }
}
