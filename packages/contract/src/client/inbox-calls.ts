import type {
  CorrespondenceResponse,
  MakeLinkResponse,
  MessageResponse,
  MessagesQuery,
  MessagesResponse,
  SealKeyResponse,
  SealKeysResponse,
  SendResponse,
  UploadedResponse,
  UploadResponse,
} from '../api/inbox.ts'
import { mediaType } from '../media-types.ts'
import { toBase64Url } from './base64url.ts'
import type { Transport } from './transport.ts'

/** For holders of a token of a hosted party: its inbox. */
export function inboxCalls(transport: Transport) {
  const path = (rest: string) => `api/v1/inbox/${rest}`
  return {
    /** Gives the node a private key (JWK) to open messages with. */
    addSealKey: (jwk: object) => transport.json<SealKeyResponse>(path('seal-keys'), json({ jwk })),
    sealKeys: () => transport.json<SealKeysResponse>(path('seal-keys')),
    beginUpload: (size: number) => transport.json<UploadResponse>(path('uploads'), json({ size })),
    upload: (id: string) => transport.json<UploadResponse>(path(`uploads/${id}`)),
    /** Sends one chunk of a file. The same chunk may be sent again. */
    putChunk: async (id: string, index: number, chunk: Uint8Array<ArrayBuffer>) => {
      await transport.send(path(`uploads/${id}/chunks/${index}`), {
        method: 'PUT',
        body: chunk,
        contentType: mediaType.bytes,
      })
    },
    endUpload: (id: string) => transport.json<UploadedResponse>(path(`uploads/${id}`), { method: 'POST' }),
    /** Sends a signed message with the uploads that are its attachments. */
    send: (message: Uint8Array, uploads: readonly string[] = []) =>
      transport.json<SendResponse>(path('messages'), json({ message: toBase64Url(message), uploads })),
    messages: (query: MessagesQuery = {}) => transport.json<MessagesResponse>(path('messages'), { query }),
    message: (id: string) => transport.json<MessageResponse>(path(`messages/${encodeURIComponent(id)}`)),
    /** The plain bytes of an attachment, as they come. */
    attachment: (id: string, n: number) =>
      transport.send(path(`messages/${encodeURIComponent(id)}/attachments/${n}`), {}),
    /** What proves the message, as a file. */
    disclosure: (id: string) => transport.bytes(path(`messages/${encodeURIComponent(id)}/disclosure`)),
    makeLink: (id: string, expiresAt: number) =>
      transport.json<MakeLinkResponse>(path(`messages/${encodeURIComponent(id)}/links`), json({ expiresAt })),
    correspondence: (id: string) =>
      transport.json<CorrespondenceResponse>(path(`correspondences/${encodeURIComponent(id)}`)),
    /** Erases a correspondence: nothing of it can be read any more. */
    eraseCorrespondence: async (id: string) => {
      await transport.send(path(`correspondences/${encodeURIComponent(id)}`), { method: 'DELETE' })
    },
  }
}

function json(body: object) {
  return { method: 'POST', body: JSON.stringify(body), contentType: mediaType.json }
}
