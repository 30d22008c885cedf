import {
  Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request as httpRequest,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import manifest from '../../../package.json' with { type: 'json' }
import { FederationError } from '../federation-error.ts'
import { type Patience, limitedBody, tooLarge } from './answer-body.ts'
import { type Resolve, checkedLookup } from './checked-lookup.ts'

/** A request, its body at hand or arriving. */
export interface Outgoing {
  readonly method: string
  readonly headers: Headers
  readonly body: Uint8Array | ReadableStream<Uint8Array> | undefined
}

export interface Sending {
  readonly url: URL
  readonly outgoing: Outgoing
  readonly signal: AbortSignal | undefined
  readonly maxBytes: number
  readonly patience: Patience
  /** Called once when the body of the answer has ended, with the error if there was one; not for redirects. */
  readonly onEnd: (error?: Error) => void
}

/** Headers of a peer, all together, in bytes. Node's own limit, said here because it is relied upon. */
const maxHeaderSize = 16_384

/** Connections kept open to one host after their call. */
const keptOpen = 4

/** Bodies are written in pieces of this size, so that each is a sign of life of a slow link. */
const pieceBytes = 65_536

/** What the sockets of both ends may still hold back of a request when its last byte is written. */
const heldBack = 256 * 1024

/** The body of an error is read at once up to here: who only looks at the status keeps no connection busy. */
const errorBytes = 65_536

/** Statuses that send elsewhere: what else such an answer holds is not read. */
export const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Not the caller's to set: they belong to the connection. */
const ofConnection = ['accept-encoding', 'connection', 'content-length', 'expect', 'host', 'te', 'transfer-encoding']

/** Sends single requests over connections to checked addresses. */
export class Exchange {
  readonly #http: HttpAgent
  readonly #https: HttpsAgent

  constructor(options: { readonly resolve: Resolve; readonly allowPrivate: boolean; readonly ca?: string | Buffer }) {
    const { resolve, allowPrivate, ca } = options
    const lookup = checkedLookup(resolve, allowPrivate)
    const settings = { keepAlive: true, maxFreeSockets: keptOpen, timeout: 60_000, lookup }
    this.#http = new HttpAgent(settings)
    this.#https = new HttpsAgent({ ...settings, ...(ca === undefined ? {} : { ca }) })
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }

  /** Resolves with the answer once its headers are there; that of an error, once its body is. */
  async send(sending: Sending): Promise<Response> {
    const { url, outgoing } = sending
    for (let again = false; ; again = true) {
      const request = this.#open(sending)
      try {
        return await converse(request, sending)
      } catch (error) {
        request.destroy()
        // The peer closed a connection that was kept open, just when it was used: nobody has read the request.
        const isStale = request.reusedSocket && codeOf(error) === 'ECONNRESET' && outgoing.body === undefined
        if (sending.signal?.aborted === true) throw asError(sending.signal.reason)
        if (!isStale || again) throw explained(error, url)
      }
    }
  }

  #open({ url, outgoing }: Sending): ClientRequest {
    const headers = new Headers(outgoing.headers)
    for (const name of ofConnection) headers.delete(name)
    // Nothing is unpacked here, so nothing grows.
    headers.set('accept-encoding', 'identity')
    if (!headers.has('user-agent')) headers.set('user-agent', `comity/${manifest.version}`)
    if (outgoing.body instanceof Uint8Array) headers.set('content-length', String(outgoing.body.length))
    const isPlain = url.protocol === 'http:'
    const options: RequestOptions = {
      method: outgoing.method,
      headers: Object.fromEntries(headers),
      agent: isPlain ? this.#http : this.#https,
      maxHeaderSize,
    }
    return isPlain ? httpRequest(url, options) : httpsRequest(url, options)
  }
}

/** One request and its answer. */
async function converse(request: ClientRequest, sending: Sending): Promise<Response> {
  const { url, outgoing, signal, patience } = sending
  const where = url.href
  let message: IncomingMessage | undefined
  let broken: Error | undefined
  /** Ends all of it, and says why to whoever waits: for the answer, or for the next piece of its body. */
  const stop = (error: Error): void => {
    broken ??= error
    // Destroying the request would empty what the message still holds, and make a short body look whole.
    if (message === undefined) request.destroy(error)
    else message.destroy(error)
  }
  const slow = (what: string): void => stop(new FederationError('peer-too-slow', `${where} ${what}`))
  const abort = (): void => stop(asError(signal?.reason))
  const total = setTimeout(() => slow(`was not done after ${seconds(patience.total)}`), patience.total)
  const step = new Timer()
  const done = (): void => {
    clearTimeout(total)
    step.clear()
    signal?.removeEventListener('abort', abort)
    if (!request.writableFinished) request.destroy()
  }
  const answer = Promise.withResolvers<IncomingMessage>()
  request.on('response', answer.resolve).on('error', answer.reject)
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted === true) abort()
  try {
    step.set(patience.headers, (limit) => slow(`did not take the request within ${limit}`))
    const sent = write(request, outgoing.body, () =>
      step.set(patience.idle, (limit) => slow(`took nothing of the request for ${limit}`)),
    )
    sent.then((bytes) => {
      const reaching = (Math.min(bytes, heldBack) / patience.bytesPerSecond) * 1000
      // A peer may have answered before it read the whole request, to refuse it.
      if (message === undefined)
        step.set(patience.headers + reaching, (limit) => slow(`did not answer within ${limit}`))
    }, answer.reject)
    message = await answer.promise
    step.clear()
    const answered = message
    const explain = (error: unknown, bytes: number): Error =>
      signal?.aborted === true ? asError(signal.reason) : explained(broken ?? error, url, { bytes, message: answered })
    return await responseOf(message, { ...sending, explain, done })
  } catch (error) {
    done()
    throw broken ?? error
  }
}

interface Answering extends Sending {
  readonly explain: (error: unknown, bytes: number) => Error
  /** Ends what watched over the request. */
  readonly done: () => void
}

async function responseOf(message: IncomingMessage, answering: Answering): Promise<Response> {
  const { url, outgoing, maxBytes, patience, explain, done, onEnd } = answering
  const where = url.href
  const status = message.statusCode ?? 0
  const headers = headersOf(message, where)
  const isError = status >= 400
  const bare = (): Response => located(new Response(null, { status, headers }), where)
  if (redirects.has(status)) {
    done()
    message.destroy()
    return bare()
  }
  const end = (error?: Error): void => {
    done()
    // Of an error its status is worth more than what went wrong with its text.
    onEnd(isError ? undefined : error)
  }
  if (outgoing.method === 'HEAD' || [204, 205, 304].includes(status)) {
    message.resume()
    end()
    return bare()
  }
  if (!isError && Number(headers.get('content-length') ?? 0) > maxBytes) {
    message.destroy()
    throw tooLarge(where, maxBytes)
  }
  const body = limitedBody(message, { where, maxBytes: isError ? errorBytes : maxBytes, patience, explain }, end)
  if (!isError) return located(new Response(body, { status, headers }), where)
  const text = await new Response(body).arrayBuffer().catch(() => new ArrayBuffer(0))
  return located(new Response(text, { status, headers }), where)
}

/** One timer that is set again and again. */
class Timer {
  #timer: NodeJS.Timeout | undefined

  /** Calls `late` with the limit in words when it is over. */
  set(milliseconds: number, late: (limit: string) => void): void {
    this.clear()
    this.#timer = setTimeout(() => late(seconds(milliseconds)), milliseconds)
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}

/** Throws `peer-answer-malformed` for a status or an encoding that nobody can do anything with. */
function headersOf(message: IncomingMessage, where: string): Headers {
  const status = message.statusCode ?? 0
  if (status < 200 || status > 599) throw malformed(`${where} answered with status ${status}, which means nothing`)
  const encoding = message.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    throw malformed(`${where} answered in the encoding ${encoding.slice(0, 40)}, and was asked for none`)
  }
  const headers = new Headers()
  try {
    for (const [name, values] of Object.entries(message.headersDistinct))
      for (const value of values ?? []) headers.append(name, value)
  } catch (cause) {
    throw malformed(`${where} answered with headers that are none`, cause)
  }
  return headers
}

/** Writes the body piece by piece and ends the request. Resolves with its bytes once the last one is handed over. */
async function write(request: ClientRequest, body: Outgoing['body'], onPiece: () => void): Promise<number> {
  let bytes = 0
  for await (const chunk of body === undefined ? [] : body instanceof Uint8Array ? [body] : body) {
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      const piece = chunk.subarray(from, from + pieceBytes)
      bytes += piece.length
      if (!request.write(piece)) await until(request, 'drain')
      onPiece()
    }
  }
  request.end()
  await until(request, 'finish')
  return bytes
}

/** Resolves with the event, and rejects when the request is over before that. */
function until(request: ClientRequest, event: 'drain' | 'finish'): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      request.off(event, settle).off('close', settle)
      if (request.destroyed && !request.writableFinished)
        reject(request.errored ?? new Error('the request was given up'))
      else resolve()
    }
    if (request.destroyed || (event === 'finish' && request.writableFinished)) settle()
    else request.on(event, settle).on('close', settle)
  })
}

/** What broke a connection, in the codes of the federation. What the caller aborted stays as he said it. */
function explained(
  error: unknown,
  url: URL,
  read?: { readonly bytes: number; readonly message: IncomingMessage },
): Error {
  if (error instanceof FederationError) return error
  const code = codeOf(error)
  const where = url.href
  if (code === 'HPE_HEADER_OVERFLOW')
    return new FederationError(
      'peer-answer-too-large',
      `${where} answered with more than ${maxHeaderSize} bytes of headers`,
    )
  if (code.startsWith('HPE_')) return malformed(`${where} answered with what is no HTTP (${code})`, error)
  if (read === undefined) {
    const why = error instanceof Error && !(error instanceof AggregateError) ? error.message : ''
    return new FederationError('peer-unreachable', `no answer from ${where}: ${why === '' ? code : why}`, {
      cause: error,
    })
  }
  const { bytes, message } = read
  const announced = message.headers['content-length']
  const of = announced === undefined ? '' : ` of ${announced}`
  return new FederationError('peer-unreachable', `the answer of ${where} ended after ${bytes}${of} bytes`, {
    cause: error,
  })
}

function malformed(message: string, cause?: unknown): FederationError {
  return new FederationError('peer-answer-malformed', message, { cause })
}

/** The address an answer came from, which the constructor of Response leaves empty. */
function located(response: Response, url: string): Response {
  return Object.defineProperty(response, 'url', { value: url })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`
}
