/** A hosted party's own inbox, opened by a token of that party. Nothing of it is cached, logged or shown to others. */
import {
  api,
  type BeginUploadBody,
  type MakeLinkBody,
  mediaType,
  type MessagesQuery,
  type SealKeyBody,
  type SendBody,
  type UploadResponse,
} from '@comity/contract'
import type { FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import { withChunkBuffer } from '../../federation/inbox/attachments/chunk-buffers.ts'
import { chunkBytes, contentPlace } from '../../federation/inbox/attachments/chunk-cipher.ts'
import type { Upload } from '../../federation/inbox/attachments/upload.ts'
import type { MessageInfo } from '../../federation/inbox/messages.ts'
import { NodeError } from '../../node-error.ts'
import type { Authorisation } from '../authorisation.ts'
import { bodyBytes, takeUnread } from '../body-bytes.ts'
import type { HttpContext } from '../context.ts'
import { answers, answersBytes, answersNothing, binary } from '../documented.ts'

const tags = ['Inbox']
const security = [{ token: [] }]

/** JSON bodies: a message of the largest size is among them. */
const bodyLimit = 128 * 1024

type ById = { Params: { id: string } }

export function ownInboxRoutes(app: FastifyInstance, context: HttpContext, may: Authorisation): void {
  app.addHook('onRequest', async (request, reply) => {
    may.partyOf(request)
    reply.header('cache-control', 'no-store')
  })
  keyRoutes(app, context, may)
  messageRoutes(app, context, may)
  correspondenceRoutes(app, context, may)
  app.register(async (scope) => uploadRoutes(scope, context, may))
}

function keyRoutes(app: FastifyInstance, { inbox }: HttpContext, may: Authorisation): void {
  app.post<{ Body: SealKeyBody }>('/inbox/seal-keys', {
    schema: {
      operationId: 'addSealKey',
      tags,
      summary: 'Give the node a private key to open messages with',
      description: 'Others seal to it once a statement of the party lists its public part with role `seal`.',
      security,
      body: api.sealKeyBody,
      response: answers(api.sealKeyResponse, 'it is kept, encrypted', 201),
    },
    handler: async (request, reply) => {
      const kid = await inbox.sealKeys.add(may.partyOf(request), request.body.jwk)
      return reply.code(201).send({ kid })
    },
  })

  app.get('/inbox/seal-keys', {
    schema: {
      operationId: 'sealKeys',
      tags,
      summary: 'The keys with which messages for this party are opened',
      security,
      response: answers(api.sealKeysResponse, 'thumbprints alone'),
    },
    handler: async (request, reply) => reply.send({ keys: inbox.sealKeys.list(may.partyOf(request)) }),
  })
}

function messageRoutes(app: FastifyInstance, { inbox, publicUrl }: HttpContext, may: Authorisation): void {
  app.post<{ Body: SendBody }>('/inbox/messages', {
    bodyLimit,
    schema: {
      operationId: 'sendMessage',
      tags,
      summary: 'Send a signed message, sealed to those it names',
      security,
      body: api.sendBody,
      response: answers(api.sendResponse, 'it is in the outbox, durably', 201),
    },
    handler: async (request, reply) => {
      const bytes = Buffer.from(request.body.message, 'base64url')
      const { message, duplicate } = await inbox.send(may.partyOf(request), bytes, request.body.uploads)
      const { id, correspondence } = message.record
      return reply.code(201).send({ id, correspondence, duplicate })
    },
  })

  app.get<{ Querystring: MessagesQuery }>('/inbox/messages', {
    schema: {
      operationId: 'messages',
      tags,
      summary: 'Messages sent and received, newest first',
      security,
      querystring: api.messagesQuery,
      response: answers(api.messagesResponse, 'one page, without their texts'),
    },
    handler: async (request, reply) => {
      const { messages, next } = inbox.messages.list(may.partyOf(request), request.query)
      const items = messages.map(shown)
      return reply.send(next === undefined ? { items } : { items, next })
    },
  })

  app.get<ById>('/inbox/messages/:id', {
    schema: {
      operationId: 'message',
      tags,
      summary: 'One message with its text, its receipts and its links',
      security,
      params: api.messageParams,
      response: answers(api.messageResponse, 'the message'),
    },
    handler: async (request, reply) => {
      const { statement, text, links, ...info } = inbox.messages.read(may.partyOf(request), request.params.id)
      return reply.send({ ...shown(info), text, statement: Buffer.from(statement).toString('base64url'), links })
    },
  })

  app.get<{ Params: { id: string; n: number } }>('/inbox/messages/:id/attachments/:n', {
    schema: {
      operationId: 'attachment',
      tags,
      summary: 'An attachment, opened',
      description: 'Compare it with the digest in the message once it is whole.',
      security,
      params: api.attachmentParams,
      response: answersBytes(mediaType.bytes, 'the file'),
    },
    handler: async (request, reply) => {
      const { id, n } = request.params
      const { about, content } = inbox.messages.attachment(may.partyOf(request), id, n)
      return reply
        .header('content-type', mediaType.bytes)
        .header('content-length', about.size)
        .header('content-disposition', 'attachment')
        .header('x-content-type-options', 'nosniff')
        .send(Readable.from(content))
    },
  })

  app.get<ById>('/inbox/messages/:id/disclosure', {
    schema: {
      operationId: 'disclosure',
      tags,
      summary: 'What proves one message to whoever it is shown to',
      description: '409 `not-committed` until the hour has ended in which the message came or went.',
      security,
      params: api.messageParams,
      response: answersBytes(mediaType.json, '`comity disclosure 1`, verified by `comity verify`'),
    },
    handler: async (request, reply) => {
      const file = await inbox.disclose(may.partyOf(request), request.params.id)
      return reply.header('content-type', mediaType.json).send(Buffer.from(file))
    },
  })

  app.post<ById & { Body: MakeLinkBody }>('/inbox/messages/:id/links', {
    schema: {
      operationId: 'makeLink',
      tags,
      summary: 'Put a message behind a link, for somebody without a node',
      security,
      params: api.messageParams,
      body: api.makeLinkBody,
      response: answers(api.makeLinkResponse, 'its secret is shown this once', 201),
    },
    handler: async (request, reply) => {
      const found = inbox.messages.find(may.partyOf(request), request.params.id)
      const { link, secret, expiresAt } = await inbox.links.make(found, request.body.expiresAt)
      return reply.code(201).send({ url: `${publicUrl}/links/${link}#${secret}`, expiresAt })
    },
  })
}

function correspondenceRoutes(app: FastifyInstance, { inbox }: HttpContext, may: Authorisation): void {
  app.get<{ Params: { correspondence: string } }>('/inbox/correspondences/:correspondence', {
    schema: {
      operationId: 'correspondence',
      tags,
      summary: 'Where the next message of this party in a correspondence goes on',
      security,
      params: api.correspondenceParams,
      response: answers(api.correspondenceResponse, 'its newest message there, and who else takes part'),
    },
    handler: async (request, reply) =>
      reply.send(inbox.messages.continuation(may.partyOf(request), request.params.correspondence)),
  })

  app.delete<{ Params: { correspondence: string } }>('/inbox/correspondences/:correspondence', {
    schema: {
      operationId: 'eraseCorrespondence',
      tags,
      summary: 'Erase a correspondence, for good',
      security,
      params: api.correspondenceParams,
      response: answersNothing('its key is destroyed'),
    },
    handler: async (request, reply) => {
      await inbox.erase(may.partyOf(request), request.params.correspondence)
      return reply.code(204).send()
    },
  })
}

function uploadRoutes(app: FastifyInstance, { inbox, node }: HttpContext, may: Authorisation): void {
  app.post<{ Body: BeginUploadBody }>('/inbox/uploads', {
    schema: {
      operationId: 'beginUpload',
      tags,
      summary: 'Begin to send a file that a message will carry',
      security,
      body: api.beginUploadBody,
      response: answers(api.uploadResponse, 'how many chunks it takes', 201),
    },
    handler: async (request, reply) =>
      reply.code(201).send(uploadOf(inbox.uploads.begin(may.partyOf(request), request.body.size))),
  })

  app.get<ById>('/inbox/uploads/:id', {
    schema: {
      operationId: 'upload',
      tags,
      summary: 'Which chunks of a file are here',
      security,
      params: api.uploadParams,
      response: answers(api.uploadResponse, 'send the others'),
    },
    handler: async (request, reply) =>
      reply.send(uploadOf(inbox.uploads.find(may.partyOf(request), request.params.id))),
  })

  app.register(async (bytes) => {
    takeUnread(bytes)
    bytes.put<{ Params: { id: string; index: number } }>('/inbox/uploads/:id/chunks/:index', {
      config: { documentedBody: { [mediaType.bytes]: binary } },
      schema: {
        operationId: 'putChunk',
        tags,
        summary: 'Send a chunk of a file; any order, and again',
        security,
        params: api.uploadChunkParams,
        response: answersNothing('it is here, sealed'),
      },
      handler: async (request, reply) => {
        const upload = inbox.uploads.find(may.partyOf(request), request.params.id)
        const limit = new NodeError('attachment-too-large', `a chunk has at most ${chunkBytes} bytes`)
        await withChunkBuffer(async (room) => {
          const content = await bodyBytes(request.raw, chunkBytes, limit, contentPlace(room))
          await upload.put(request.params.index, content, node.now(), room)
        })
        return reply.code(204).send()
      },
    })

    bytes.post<ById>('/inbox/uploads/:id', {
      schema: {
        operationId: 'endUpload',
        tags,
        summary: 'End a file, once all of its chunks are here',
        security,
        params: api.uploadParams,
        response: answers(api.uploadedResponse, 'how a message names it'),
      },
      handler: async (request, reply) => {
        const { sealed } = inbox.uploads.find(may.partyOf(request), request.params.id).finish()
        return reply.send({ sealed })
      },
    })
  })
}

function uploadOf(upload: Upload): UploadResponse {
  const { id, size, count } = upload
  return { id, size, count, chunkBytes, have: [...upload.have()] }
}

/** The members of the API, whatever else the vault may keep. */
function shown({ deliveries, attachments, ...message }: MessageInfo) {
  return {
    ...message,
    attachments: attachments.map(({ name, type, size, digest, sealed }) => ({ name, type, size, digest, sealed })),
    deliveries,
  }
}
