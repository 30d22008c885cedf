/** Where other nodes bring sealed messages and the chunks of their attachments. */
import { api, mediaType } from '@comity/contract'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { withChunkBuffer } from '../../federation/inbox/attachments/chunk-buffers.ts'
import { chunkBytes, sealedOverhead } from '../../federation/inbox/attachments/chunk-cipher.ts'
import { maxListBytes } from '../../federation/inbox/attachments/chunk-list.ts'
import { maxSealedBytes } from '../../federation/inbox/message/sealed-form.ts'
import { SealKeyExpired } from '../../federation/inbox/receiving/seal-key-expired.ts'
import { sealKeyHeader } from '../../federation/inbox/sending/remote-inbox.ts'
import { RateLimits } from '../../federation/peers/rate-limits.ts'
import { NodeError } from '../../node-error.ts'
import { bodyBytes, takeUnread } from '../body-bytes.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersNothing, binary } from '../documented.ts'
import { limitedByAddress } from '../rate-limited.ts'

const tags = ['Inbox']

/** From one address. A message costs a decryption and a signature whatever is in it; a ticket is worth its chunks. */
const rates = { message: { perSecond: 5, burst: 200 } }

interface Party {
  Params: { party: string }
}
interface Ticket {
  Params: { party: string; ticket: string }
}
interface Chunk {
  Params: { party: string; ticket: string; index: number }
}

export function inboxRoutes(app: FastifyInstance, { inbox }: Pick<HttpContext, 'inbox'>): void {
  const { reception, arrivals } = inbox
  const limits = new RateLimits(rates)
  takeUnread(app)
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'))

  app.post<Party>('/inbox/:party', {
    onRequest: limitedByAddress(limits, 'message'),
    config: { documentedBody: { [mediaType.jose]: binary } },
    schema: {
      operationId: 'deliverMessage',
      tags,
      summary: 'Bring a sealed message',
      description:
        'JWE in general JSON form to the seal keys of the party. It takes effect once, however often it is brought, and is answered each time. `seal-key-expired` names the key to seal to in `Comity-Seal-Key`.',
      params: api.inboxParams,
      response: answers(api.takenResponse, 'it is here, durably'),
    },
    handler: async (request, reply) => {
      const body = await bodyBytes(request.raw, maxSealedBytes, tooLarge('message-too-large', maxSealedBytes))
      try {
        const { receipt, attachments } = await reception.take(urnOf(request), body)
        return await reply.send({ receipt: base64url(receipt), attachments })
      } catch (error) {
        if (error instanceof SealKeyExpired) reply.header(sealKeyHeader, error.kid)
        throw error
      }
    },
  })

  app.get<Ticket>('/inbox/:party/attachments/:ticket', {
    schema: {
      operationId: 'attachmentArrival',
      tags,
      summary: 'Which chunks of an attachment are here',
      params: api.arrivalParams,
      response: answers(api.arrivalResponse, 'one bit for each chunk'),
    },
    handler: async (request, reply) => {
      const { have, ...arrival } = arrivals.state(urnOf(request), request.params.ticket)
      return reply.send({ ...arrival, have: base64url(have) })
    },
  })

  app.put<Ticket>('/inbox/:party/attachments/:ticket/list', {
    config: { documentedBody: { [mediaType.bytes]: binary } },
    schema: {
      operationId: 'putChunkList',
      tags,
      summary: 'Bring the list of the chunks of an attachment',
      params: api.arrivalParams,
      response: answersNothing('it is the one that the message announced'),
    },
    handler: async (request, reply) => {
      const { ticket } = request.params
      arrivals.state(urnOf(request), ticket)
      const list = await bodyBytes(request.raw, maxListBytes, tooLarge('attachment-too-large', maxListBytes))
      await arrivals.putList(urnOf(request), ticket, list)
      return reply.code(204).send()
    },
  })

  app.put<Chunk>('/inbox/:party/attachments/:ticket/chunks/:index', {
    config: { documentedBody: { [mediaType.bytes]: binary } },
    schema: {
      operationId: 'putSealedChunk',
      tags,
      summary: 'Bring a sealed chunk; any order, and again',
      params: api.chunkParams,
      response: answersNothing('it is here, durably'),
    },
    handler: async (request, reply) => {
      const { ticket, index } = request.params
      // Nothing is read for who has no ticket.
      arrivals.state(urnOf(request), ticket)
      const limit = chunkBytes + sealedOverhead
      await withChunkBuffer(async (room) => {
        const chunk = await bodyBytes(request.raw, limit, tooLarge('attachment-too-large', limit), room)
        await arrivals.putChunk(urnOf(request), ticket, index, chunk)
      })
      return reply.code(204).send()
    },
  })

  app.post<Ticket>('/inbox/:party/attachments/:ticket', {
    schema: {
      operationId: 'endAttachment',
      tags,
      summary: 'End an attachment, once all of its chunks are here',
      params: api.arrivalParams,
      response: answers(api.wholeResponse, 'with a receipt that names it'),
    },
    handler: async (request, reply) =>
      reply.send({ receipt: base64url(await arrivals.finish(urnOf(request), request.params.ticket)) }),
  })
}

function urnOf(request: FastifyRequest<Party>): string {
  return `urn:comity:party:${request.params.party}`
}

function tooLarge(code: 'message-too-large' | 'attachment-too-large', bytes: number): NodeError {
  return new NodeError(code, `this takes at most ${bytes} bytes`)
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
