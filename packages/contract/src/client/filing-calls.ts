import type { BatchResponse, RegisteredItem } from '../api/statements.ts'
import { joinCborSequence } from '../cbor-sequence.ts'
import { mediaType } from '../media-types.ts'
import type { Problem } from '../problem.ts'
import { fromBase64Url } from './base64url.ts'
import { ClientError, type Transport } from './transport.ts'

/** A statement in the log. */
export interface Filed {
  readonly id: string
  /** COSE_Sign1 (RFC 9942). */
  readonly receipt: Uint8Array
  /** It was there before, and nothing was added. */
  readonly duplicate: boolean
}

/** What became of one statement of a batch. */
export type FiledInBatch = (Filed & Pick<RegisteredItem, 'index'>) | { readonly problem: Problem }

/** Filing statements and documents. Most nodes want a token for it. */
export function filingCalls(transport: Transport) {
  return {
    /** Registers one statement (SCRAPI `POST /entries`). Throws ClientError with the code of the refusal. */
    submit: async (statement: Uint8Array): Promise<Filed> => {
      const response = await transport.send('entries', {
        method: 'POST',
        body: ownBytes(statement),
        contentType: mediaType.cose,
        accept: mediaType.cose,
      })
      const id = /\/entries\/([0-9a-f]{64})$/.exec(response.headers.get('location') ?? '')?.[1]
      if (id === undefined) {
        throw new ClientError('unexpected-response', `${response.url} registered it and did not say under which id`)
      }
      return {
        id,
        receipt: new Uint8Array(await response.arrayBuffer()),
        duplicate: response.headers.get('comity-duplicate') === 'true',
      }
    },
    /** Registers up to 1,024 statements that do not depend on each other; answers in their order. */
    submitBatch: async (statements: readonly Uint8Array[]): Promise<readonly FiledInBatch[]> => {
      const { results } = await transport.json<BatchResponse>('api/v1/statements', {
        method: 'POST',
        body: joinCborSequence(statements),
        contentType: mediaType.cborSequence,
      })
      return results.map((each) => ('problem' in each ? each : { ...each, receipt: fromBase64Url(each.receipt) }))
    },
    /** The first receipt of a statement in the log. */
    receipt: (id: string) => transport.bytes(`entries/${id}`, { accept: mediaType.cose }),
    /** Stores a document before the statement that cites it; `digest` as `sha256:<hex>`. */
    putDocument: async (
      digest: string,
      content: Uint8Array | ReadableStream<Uint8Array>,
      type: string = mediaType.bytes,
    ) => {
      const body = content instanceof Uint8Array ? ownBytes(content) : content
      await transport.send(`documents/${digest}`, { method: 'PUT', body, contentType: type })
    },
    /** A document. Throws ClientError `withheld` or `not-found`. The caller checks the digest. */
    document: (digest: string) => transport.bytes(`documents/${digest}`),
    hasDocument: async (digest: string): Promise<boolean> => {
      try {
        await transport.send(`documents/${digest}`, { method: 'HEAD' })
        return true
      } catch (error) {
        // A HEAD has no body, so its status is all there is.
        if (error instanceof ClientError && error.status === 404) return false
        throw error
      }
    },
  }
}

/** The bytes in a buffer that `fetch` may take: its types refuse a view of a shared buffer. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}
