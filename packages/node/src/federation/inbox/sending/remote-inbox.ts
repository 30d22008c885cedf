import { mediaType } from '@comity/contract'
import { partyHex } from '@comity/statement'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { FederationError } from '../../federation-error.ts'
import type { Fetch, FetchInit } from '../../peers/peer.ts'
import { chunkCount } from '../attachments/chunk-cipher.ts'
import type { Arrival } from '../receiving/arrivals.ts'
import { type Destination, DeliveryRefused } from './destination.ts'

/** In which header a node names the key to seal to, beside the code `seal-key-expired`. */
export const sealKeyHeader = 'comity-seal-key'

/** Most bytes of any answer: a receipt and sixteen tickets, or one bit for each chunk. */
const answerBytes = 64 * 1024

const base64url = Type.String({ pattern: '^[A-Za-z0-9_-]*$', maxLength: answerBytes })
const ticket = Type.String({ pattern: '^[0-9a-f]{32}$' })
const closed = <P extends Parameters<typeof Type.Object>[0]>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })

const taken = Compile(
  closed({
    receipt: base64url,
    attachments: Type.Array(closed({ ticket, whole: Type.Boolean() }), { maxItems: 16 }),
  }),
)
const arrival = Compile(
  closed({
    count: Type.Integer({ minimum: 1, maximum: chunkCount(Number.MAX_SAFE_INTEGER) }),
    hasList: Type.Boolean(),
    isWhole: Type.Boolean(),
    have: base64url,
  }),
)
const finished = Compile(closed({ receipt: base64url }))

export interface RemoteInboxOptions {
  readonly fetch: Fetch
  /** Of the node, without a slash at the end. */
  readonly url: string
  readonly party: string
  /** The address stands in the party's own statement. */
  readonly isPublished: boolean
}

/** The inbox of a party on another node. Throws {@link DeliveryRefused}, and FederationError where there is no answer. */
export function remoteInbox({ fetch, url, party, isPublished }: RemoteInboxOptions): Destination {
  const base = `${url}/inbox/${partyHex(party)}`
  const ask = async (path: string, init: FetchInit): Promise<Response> => {
    const response = await fetch(base + path, {
      ...init,
      redirect: 'error',
      sealed: true,
      maxBytes: answerBytes,
      ...(isPublished ? { publishedBy: party } : {}),
    })
    if (response.ok) return response
    throw await refusalOf(response)
  }
  const put = async (path: string, body: Uint8Array): Promise<void> => {
    const headers = { 'content-type': mediaType.bytes }
    // Safe: bytes of ours are never of a SharedArrayBuffer.
    const response = await ask(path, { method: 'PUT', headers, body: body as Uint8Array<ArrayBuffer> })
    await response.arrayBuffer()
  }
  return {
    async deliver(sealed) {
      const headers = { 'content-type': mediaType.jose }
      const body = sealed as Uint8Array<ArrayBuffer> // as above
      const value = await json(await ask('', { method: 'POST', headers, body }))
      if (!taken.Check(value)) throw otherwise(base)
      return { receipt: Buffer.from(value.receipt, 'base64url'), attachments: value.attachments }
    },
    async state(ticket): Promise<Arrival> {
      const value = await json(await ask(`/attachments/${ticket}`, {}))
      if (!arrival.Check(value)) throw otherwise(base)
      return { ...value, have: Buffer.from(value.have, 'base64url') }
    },
    putList: (ticket, list) => put(`/attachments/${ticket}/list`, list),
    putChunk: (ticket, index, chunk) => put(`/attachments/${ticket}/chunks/${index}`, chunk),
    async finish(ticket) {
      const value = await json(await ask(`/attachments/${ticket}`, { method: 'POST' }))
      if (!finished.Check(value)) throw otherwise(base)
      return Buffer.from(value.receipt, 'base64url')
    },
  }
}

async function json(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

async function refusalOf(response: Response): Promise<DeliveryRefused> {
  const value = await json(response)
  const code =
    typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'
      ? value.code.slice(0, 64)
      : `http-${response.status}`
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  const sealKey = response.headers.get(sealKeyHeader)
  return new DeliveryRefused(/^[a-z0-9-]+$/.test(code) ? code : `http-${response.status}`, {
    ...(Number.isFinite(wait) && wait > 0 ? { retryAfter: wait } : {}),
    ...(sealKey !== null && /^[0-9a-f]{64}$/.test(sealKey) ? { sealKey } : {}),
  })
}

function otherwise(base: string): FederationError {
  return new FederationError('peer-answers-otherwise', `${base} does not answer as an inbox does`)
}
