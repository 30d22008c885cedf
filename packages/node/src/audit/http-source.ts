import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { api } from '@comity/contract'
import { sha256Hex } from '@comity/crypto'
import { maxNoteBytes } from '@comity/log'
import { Compile } from 'typebox/compile'
import { readBundle, readTile } from '../reading/tiled-log.ts'
import { AuditError } from './audit-error.ts'
import type { AuditSource, DocumentCheck, MirroredLog } from './source.ts'

const maxReceiptBytes = 16_384
const maxMirrorsBytes = 1024 * 1024
const maxEvidenceBytes = 512 * 1024

const mirrorsList = Compile(api.mirrorsResponse)

/** A server that is busy or briefly gone is asked again after 0.25, 0.5 and 1 s, or when it says. */
const attempts = 4
const firstPause = 250
const longestPause = 10_000

/** How long a server may be silent, in milliseconds. */
const silence = 60_000

export interface HttpSourceOptions {
  readonly signal?: AbortSignal
  /** How many bundles are fetched at a time. */
  readonly concurrency?: number
  /** Waits that many milliseconds before a request is tried again; a timer where nothing is given. */
  readonly pause?: (milliseconds: number) => Promise<unknown>
}

/** A log that is served as tiles (C2SP tlog-tiles), with its documents beside it. */
export class HttpSource implements AuditSource {
  readonly name: string
  readonly concurrency: number
  readonly hasTiles = true
  readonly #base: URL
  /** Of the node, beside whose log the documents lie. */
  readonly #node: URL
  readonly #options: HttpSourceOptions
  readonly #signal: AbortSignal | undefined
  readonly #pause: (milliseconds: number) => Promise<unknown>

  private constructor(base: URL, options: HttpSourceOptions, node: URL = base) {
    this.#base = base
    this.#node = node
    this.#options = options
    this.name = base.href
    this.concurrency = options.concurrency ?? 4
    this.#signal = options.signal
    this.#pause =
      options.pause ?? ((milliseconds) => wait(milliseconds, undefined, options.signal && { signal: options.signal }))
  }

  /** Throws AuditError `bad-option` for an address that is not http or https. Nothing is fetched yet. */
  static open(address: string, options: HttpSourceOptions = {}): HttpSource {
    const base = URL.parse(address.endsWith('/') ? address : `${address}/`)
    if (base === null || !['http:', 'https:'].includes(base.protocol)) {
      throw new AuditError(
        'bad-option',
        `"${address.slice(0, 200)}" is no address of a log: it begins with https:// or http://`,
      )
    }
    // Beside a copy of a log lie the documents of the node that keeps it.
    const node = /^(.*\/)mirrors\/[^/]+\/$/.exec(base.pathname)?.[1]
    return new HttpSource(base, options, node === undefined ? base : new URL(node, base))
  }

  async checkpoint(): Promise<Uint8Array> {
    const bytes = await this.#bytes('checkpoint', maxNoteBytes)
    if (bytes === undefined) throw new AuditError('no-log', `${this.name} serves no checkpoint: it is no log`)
    return bytes
  }

  entries(index: number, width: number): Promise<readonly Uint8Array[] | undefined> {
    return readBundle((path, limit) => this.#bytes(path, limit), index, width)
  }

  tile(level: number, index: number, width: number): Promise<Uint8Array | undefined> {
    return readTile((path, limit) => this.#bytes(path, limit), level, index, width)
  }

  async document(digest: string): Promise<DocumentCheck> {
    const response = await this.#get(`documents/${digest}`, this.#node)
    if (response.status === 410) return discard(response, 'withheld')
    if (response.status === 404) return discard(response, 'absent')
    const hasher = createHash('sha256')
    for await (const piece of this.#body(response, Number.POSITIVE_INFINITY)) hasher.update(piece)
    return `sha256:${hasher.digest('hex')}` === digest ? 'present' : 'differs'
  }

  async documentBytes(digest: string, limit: number): Promise<Uint8Array | undefined> {
    const response = await this.#get(`documents/${digest}`, this.#node)
    if (response.status !== 200) return discard(response, undefined)
    const pieces: Uint8Array[] = []
    let length = 0
    for await (const piece of this.#body(response, Number.POSITIVE_INFINITY)) {
      pieces.push(piece)
      length += piece.length
      if (length > limit) return undefined
    }
    const bytes = Buffer.concat(pieces)
    return `sha256:${sha256Hex(bytes)}` === digest ? bytes : undefined
  }

  async receipt(id: string): Promise<Uint8Array | undefined> {
    return this.#bytes(`entries/${id}`, maxReceiptBytes)
  }

  async mirrors(): Promise<readonly MirroredLog[]> {
    const bytes = this.#base === this.#node ? await this.#bytes('mirrors', maxMirrorsBytes) : undefined
    const list = bytes === undefined ? undefined : readJson(bytes)
    // A server that keeps no copies may answer with a page of its own.
    if (!mirrorsList.Check(list)) return []
    return list.mirrors.map(({ origin, quarantined }) => {
      const at = new URL(`mirrors/${encodeURIComponent(origin)}/`, this.#base)
      const source = new HttpSource(at, this.#options, this.#node)
      const evidence = () => source.#bytes('equivocation', maxEvidenceBytes)
      return { origin, isQuarantined: quarantined, source, evidence }
    })
  }

  async close(): Promise<void> {
    // Connections belong to the runtime's pool and close by themselves.
  }

  async #bytes(path: string, limit: number): Promise<Uint8Array | undefined> {
    const response = await this.#get(path)
    if (response.status === 404 || response.status === 410) return discard(response, undefined)
    const pieces: Uint8Array[] = []
    for await (const piece of this.#body(response, limit)) pieces.push(piece)
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : new Uint8Array(Buffer.concat(pieces))
  }

  /** 200, 404 or 410; everything else was tried again or thrown. */
  async #get(path: string, base: URL = this.#base): Promise<Response> {
    const url = new URL(path, base)
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#try(url)
      if (outcome instanceof Response && [200, 404, 410].includes(outcome.status)) return outcome
      if (outcome instanceof Response && outcome.status >= 300 && outcome.status < 400) {
        throw new AuditError(
          'source-unreachable',
          `${url.href} leads to ${outcome.headers.get('location') ?? 'another address'}: audit that address instead`,
        )
      }
      const isPassing = !(outcome instanceof Response) || outcome.status === 429 || outcome.status >= 500
      if (!isPassing || attempt === attempts) throw unreachable(url, outcome)
      await this.#wait(pauseAfter(outcome, attempt))
    }
  }

  async #try(url: URL): Promise<Response | Error> {
    const silent = AbortSignal.timeout(silence)
    const signal = this.#signal === undefined ? silent : AbortSignal.any([silent, this.#signal])
    try {
      return await fetch(url, { redirect: 'manual', signal })
    } catch (error) {
      if (this.#signal?.aborted === true) throw new AuditError('aborted', 'the audit was stopped', { cause: error })
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    try {
      await this.#pause(milliseconds)
    } catch (error) {
      throw new AuditError('aborted', 'the audit was stopped', { cause: error })
    }
  }

  async *#body(response: Response, limit: number): AsyncGenerator<Uint8Array> {
    let bytes = 0
    try {
      for await (const piece of response.body ?? []) {
        bytes += piece.length
        if (bytes > limit)
          throw new AuditError(
            'source-unreachable',
            `${response.url} has more than ${limit} bytes: it is not what was asked for`,
          )
        yield piece
      }
    } catch (error) {
      if (error instanceof AuditError) throw error
      throw unreachable(new URL(response.url), error instanceof Error ? error : new Error(String(error)))
    }
  }
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function discard<T>(response: Response, result: T): T {
  void response.body?.cancel()
  return result
}

function pauseAfter(outcome: Response | Error, attempt: number): number {
  const told =
    outcome instanceof Response ? Number(outcome.headers.get('retry-after') ?? Number.NaN) * 1000 : Number.NaN
  return Math.min(Number.isFinite(told) ? told : firstPause * 2 ** (attempt - 1), longestPause)
}

function unreachable(url: URL, outcome: Response | Error): AuditError {
  if (outcome instanceof Response)
    return new AuditError('source-unreachable', `${url.href} answers with status ${outcome.status}`)
  const cause = outcome.cause instanceof Error ? outcome.cause.message : outcome.message
  return new AuditError('source-unreachable', `${url.href} cannot be read: ${cause}`, { cause: outcome })
}
