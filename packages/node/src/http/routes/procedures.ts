import { api } from '@comity/contract'
import { calendars, newestOf, type Procedure, ProcedureError, procedureOf } from '@comity/procedures'
import type { FastifyInstance } from 'fastify'
import { answers } from '../documented.ts'
import { listProcedures, procedureView } from '../queries/procedures.ts'
import { RequestError } from '../request-error.ts'

const tags = ['Cases']
const oneHour = 'public, max-age=3600'

/** `/procedures`: what a case can be a case of. They change with the software alone. */
export function procedureRoutes(app: FastifyInstance): void {
  app.get('/procedures', {
    schema: {
      operationId: 'procedures',
      tags,
      summary: 'Procedures, every version of each, and what their clocks are counted by',
      response: answers(api.proceduresResponse, 'all of them, by name'),
    },
    handler: async (_request, reply) =>
      reply.header('cache-control', oneHour).send({ procedures: listProcedures(), calendars: calendars() }),
  })

  app.get<{ Params: { name: string } }>('/procedures/:name', {
    schema: {
      operationId: 'procedure',
      tags,
      summary: 'A procedure: roles, states, moves with the schema of what they say, clocks with their sources',
      params: api.procedureParams,
      response: answers(api.procedureResponse, 'its newest version'),
    },
    handler: async (request, reply) =>
      reply.header('cache-control', oneHour).send(procedureView(known(() => newestOf(request.params.name)))),
  })

  app.get<{ Params: { name: string; version: number } }>('/procedures/:name/:version', {
    schema: {
      operationId: 'procedureVersion',
      tags,
      summary: 'One version of a procedure: a running case keeps that with which it was opened',
      params: api.procedureVersionParams,
      response: answers(api.procedureResponse, 'that version'),
    },
    handler: async (request, reply) => {
      const { name, version } = request.params
      return reply.header('cache-control', oneHour).send(procedureView(known(() => procedureOf(`${name}/${version}`))))
    },
  })
}

function known(find: () => Procedure): Procedure {
  try {
    return find()
  } catch (error) {
    if (!(error instanceof ProcedureError)) throw error
    throw new RequestError('not-found', error.message)
  }
}
