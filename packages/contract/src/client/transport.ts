import { decodeConciseProblem } from '../concise-problem.ts'
import { mediaType } from '../media-types.ts'
import { type Problem, problemOf } from '../problem.ts'
import { isProblemCode, type ProblemCode } from '../problem-codes.ts'
import { toBase64Url } from './base64url.ts'

export interface ClientOptions {
  /** Where the node answers, such as `https://log.example.org`; a path in it is kept. */
  readonly baseUrl: string | URL
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined
  readonly fetch?: typeof globalThis.fetch
}

/** `unreachable`: no answer came. `unexpected-response`: one came that this interface does not speak. */
export type ClientErrorCode = ProblemCode | 'unreachable' | 'unexpected-response'

/** The one error that a client throws. `problem` is what the node said, where it said something. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: ClientErrorCode
  readonly status: number | undefined
  readonly problem: Problem | undefined
  /** Seconds after which the node asks to try again. */
  readonly retryAfter: number | undefined

  constructor(
    code: ClientErrorCode,
    message: string,
    more: { problem?: Problem; status?: number; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.status = more.status
    this.problem = more.problem
    this.retryAfter = more.retryAfter
  }
}

export interface CallOptions {
  readonly method?: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  readonly contentType?: string
  readonly accept?: string
  readonly signal?: AbortSignal
}

/** Sends requests to one node and turns every failure into a {@link ClientError}. */
export class Transport {
  readonly #base: string
  readonly #token: string | undefined
  readonly #fetch: typeof globalThis.fetch

  constructor({ baseUrl, token, fetch }: ClientOptions) {
    const href = new URL(baseUrl).href
    this.#base = href.endsWith('/') ? href : `${href}/`
    this.#token = token
    this.#fetch = fetch ?? globalThis.fetch.bind(globalThis)
  }

  /** The address of a path of this node. */
  url(path: string, query: CallOptions['query'] = {}): string {
    const url = new URL(this.#base + path)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    return url.href
  }

  async json<T>(path: string, options: CallOptions = {}): Promise<T> {
    const response = await this.send(path, { accept: mediaType.json, ...options })
    try {
      // The node answers by the schema whose type the caller names; a wrong answer is its defect, not an attack surface.
      return (await response.json()) as T
    } catch (cause) {
      throw new ClientError('unexpected-response', `${response.url} did not answer with JSON`, { cause })
    }
  }

  async bytes(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    const response = await this.send(path, options)
    return new Uint8Array(await response.arrayBuffer())
  }

  async text(path: string, options: CallOptions = {}): Promise<string> {
    return (await this.send(path, options)).text()
  }

  /** The response, if its status is 2xx. */
  async send(path: string, options: CallOptions = {}): Promise<Response> {
    const { method = 'GET', query, body, contentType, accept, signal } = options
    const url = this.url(path, query)
    let response: Response
    try {
      response = await this.#fetch(url, {
        method,
        headers: {
          // Errors as JSON, also where SCITT clients get CBOR.
          accept: [accept, mediaType.problem].filter((each) => each !== undefined).join(', '),
          ...(contentType === undefined ? {} : { 'content-type': contentType }),
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        ...(body === undefined ? {} : { body, duplex: 'half' }),
        ...(signal === undefined ? {} : { signal }),
        redirect: 'error',
      })
    } catch (cause) {
      const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause)
      throw new ClientError('unreachable', `no answer from ${url}: ${why}`, { cause })
    }
    if (!response.ok) throw await errorOf(response)
    return response
  }
}

async function errorOf(response: Response): Promise<ClientError> {
  const problem = await readProblem(response)
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  const more = {
    status: response.status,
    ...(problem === undefined ? {} : { problem }),
    ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
  }
  const code = problem?.code ?? ''
  if (problem === undefined || !isProblemCode(code)) {
    const said = problem === undefined ? '' : `: ${problem.title}`
    return new ClientError('unexpected-response', `${response.url} answered ${response.status}${said}`, more)
  }
  return new ClientError(code, problem.detail ?? problem.title, more)
}

/** What a node says went wrong after it had answered. */
export function errorOfProblem(problem: Problem): ClientError {
  const { code, detail, title, status } = problem
  const more = { problem, status }
  return isProblemCode(code)
    ? new ClientError(code, detail ?? title, more)
    : new ClientError('unexpected-response', title, more)
}

async function readProblem(response: Response): Promise<Problem | undefined> {
  const type = response.headers.get('content-type') ?? ''
  try {
    if (type.startsWith(mediaType.problem)) {
      const value: unknown = await response.json()
      return isProblem(value) ? value : undefined
    }
    if (type.startsWith(mediaType.conciseProblem)) {
      const concise = decodeConciseProblem(new Uint8Array(await response.arrayBuffer()))
      if (concise === undefined) return undefined
      const { code = '', title, detail, pointer } = concise
      const refusal = concise.refusal && toBase64Url(concise.refusal)
      if (isProblemCode(code)) return problemOf(code, { detail, pointer, refusal })
      return { type: 'about:blank', title, status: response.status, code, ...(detail === undefined ? {} : { detail }) }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
  }
  return undefined
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'title' in value &&
    typeof value.title === 'string'
  )
}
