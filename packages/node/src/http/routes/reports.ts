import { api, type DraftReportBody, type DueReportsBody } from '@comity/contract'
import { clockProfiles, draftReport, dueReports, type Matter } from '@comity/procedures'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authorisation } from '../authorisation.ts'
import type { HttpContext } from '../context.ts'
import { answers } from '../documented.ts'
import { reportParts } from '../queries/report-parts.ts'

const tags = ['Reports']

/** What an officer says of sixteen parts, each as long as it may be. */
const bodyLimit = 256 * 1024

/**
 * `/reports`: the laws whose clocks are known, what is due in one matter, and drafts. What is asked is in the body, for
 * addresses are logged on the way; nothing of it is stored.
 */
export function reportRoutes(app: FastifyInstance, context: HttpContext, may: Authorisation): void {
  const { node } = context
  app.get('/reports/laws', {
    schema: {
      operationId: 'laws',
      tags,
      summary: 'Laws that demand reports of vulnerabilities and incidents, with their clocks and sources',
      response: answers(api.lawsResponse, 'which of them bind is for each party to say'),
    },
    handler: async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=3600').send({ laws: clockProfiles }),
  })

  const matterOf = (request: FastifyRequest, body: DueReportsBody): Matter => ({
    parts: reportParts(context, body, may.partyIfShown(request)),
    ...(body.laws && { laws: body.laws }),
    ...(body.place && { place: body.place }),
  })

  app.post<{ Body: DueReportsBody }>('/reports/due', {
    bodyLimit,
    schema: {
      operationId: 'dueReports',
      tags,
      summary: 'What these laws demand to be reported in one matter, the next to be due first',
      description:
        'From the public record of an advisory; with the token of a party from its private case too. Nothing of it is stored, and what has not happened starts no clock.',
      body: api.dueReportsBody,
      response: answers(api.dueReportsResponse, 'as `comity report due --json` has it'),
    },
    handler: async (request, reply) =>
      reply.header('cache-control', 'no-store').send(dueReports(matterOf(request, request.body), node.now())),
  })

  app.post<{ Body: DraftReportBody }>('/reports/prepare', {
    bodyLimit,
    schema: {
      operationId: 'draftReport',
      tags,
      summary: 'A draft of one report, for an officer to complete, sign and send',
      description:
        'Each part names where it stands on record, or is an open gap. Nothing is made up, stored or sent from here.',
      body: api.draftReportBody,
      response: answers(api.draftReportResponse, 'as `comity report prepare --json` has it'),
    },
    handler: async (request, reply) => {
      const { report } = request.body
      const draft = draftReport(matterOf(request, request.body), node.now(), report)
      return reply.header('cache-control', 'no-store').send(draft)
    },
  })
}
