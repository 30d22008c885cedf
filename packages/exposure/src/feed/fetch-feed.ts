/**
 * Fetches a feed: asks only whether it changed, takes a transfer up again where it broke, and puts the new octets in the
 * place of the old ones only once they are all there and right.
 *
 *     nothing here   GET                                        200 → all of it
 *     a whole        GET  If-None-Match, If-Modified-Since      304 → nothing to do; 200 → all of it
 *     a part         GET  Range, If-Range                       206 → the rest; 200 → it changed, all of it anew
 */
import { ExposureError } from '../exposure-error.ts'
import { conditionsOf, contentRange, digestsOf, retryAfter, strongValidator, validatorsOf } from './conditions.ts'
import { drop, Failed, lengthOfBody, messageOf, nextUrl, piecesOf } from './feed-failure.ts'
import {
  defaultFeedLimits,
  type FeedAnswer,
  type FeedLimits,
  type FeedOptions,
  type FeedOutcome,
  type FeedState,
} from './feed-state.ts'

/**
 * Fetches a feed once. What the server or the network does wrong is in the outcome, never thrown, and leaves what was
 * whole as it was; errors of the place (a full disk) and of the signal are thrown.
 */
export async function fetchFeed(url: string, options: FeedOptions): Promise<FeedOutcome> {
  return new Transfer(url, options).run()
}

class Transfer {
  readonly #url: string
  readonly #options: FeedOptions
  readonly #limits: FeedLimits
  #state: FeedState
  #received = 0
  #resumed = 0
  #restarts = 0

  constructor(url: string, options: FeedOptions) {
    this.#url = url
    this.#options = options
    this.#limits = { ...defaultFeedLimits, ...options.limits }
    this.#state = options.state ?? {}
  }

  async run(): Promise<FeedOutcome> {
    try {
      const outcome = await this.#untilDone()
      return { outcome, ...this.#tally() }
    } catch (error) {
      if (!(error instanceof Failed)) throw error
      const seconds = error.retryAfter
      return {
        outcome: 'failed',
        refusal: error.refusal,
        ...(seconds !== undefined && { retryAfter: seconds }),
        ...this.#tally(),
      }
    }
  }

  #tally(): Pick<FeedOutcome, 'state' | 'received' | 'resumed'> {
    return { state: this.#state, received: this.#received, resumed: this.#resumed }
  }

  async #untilDone(): Promise<'unchanged' | 'new'> {
    for (;;) {
      const held = await this.#heldOctets()
      const before = this.#received
      const answer = await this.#ask(conditionsOf(this.#state, held))
      const broke = await this.#take(answer, held)
      if (broke === 'unchanged' || broke === 'new') return broke
      if (broke === 'again') continue
      const canResume = this.#state.part !== undefined && this.#received > before
      if (!canResume || this.#resumed >= this.#limits.resumes) throw new Failed(await this.#cutOff(broke))
      this.#resumed += 1
    }
  }

  /** Octets of the part that can be gone on with. A part that nothing names for sure is begun anew. */
  async #heldOctets(): Promise<number> {
    const { part } = this.#state
    const held = part === undefined || strongValidator(part) === undefined ? 0 : await this.#options.place.partSize()
    if (held === 0 && part !== undefined) this.#state = withoutPart(this.#state)
    return held
  }

  /** Asks, and goes where it is sent. */
  async #ask(headers: Record<string, string>): Promise<FeedAnswer> {
    const { fetch, signal } = this.#options
    let url = this.#url
    for (let redirects = 0; ; redirects += 1) {
      const request = { method: 'GET', headers, redirect: 'manual', maxBytes: this.#limits.bytes } as const
      const answer = await fetch(url, { ...request, ...(signal !== undefined && { signal }) }).catch(
        (error: unknown) => {
          signal?.throwIfAborted()
          throw new Failed(new ExposureError('not-answered', `nobody answers: ${messageOf(error)}`))
        },
      )
      if (![301, 302, 303, 307, 308].includes(answer.status)) return answer
      await drop(answer)
      if (redirects >= this.#limits.redirects) {
        const message = `the server sends on more than ${this.#limits.redirects} times`
        throw new Failed(new ExposureError('too-many-redirects', message))
      }
      url = nextUrl(url, answer.headers.get('location'))
    }
  }

  /** Takes an answer in. `again`: what is here does not fit what the server has, and is asked for from its beginning. */
  async #take(answer: FeedAnswer, held: number): Promise<'unchanged' | 'new' | 'again' | ExposureError> {
    switch (answer.status) {
      case 200:
        return this.#takeWhole(answer)
      case 206:
        return this.#takeRest(answer, held)
      case 304:
        await drop(answer)
        if (held === 0 && this.#state.whole !== undefined) return 'unchanged'
        throw new Failed(
          new ExposureError('bad-answer', 'the server says that nothing changed, and was not asked that (304)'),
        )
      case 416: {
        await drop(answer)
        // The part has all the octets there are: the transfer broke behind the last.
        if (held > 0 && contentRange(answer)?.total === held) return this.#finish(answer)
        return this.#anew(`the server has no octet ${held} of it (416)`)
      }
      default: {
        await drop(answer)
        const refusal = new ExposureError('not-answered', `the server answers with status ${answer.status}`)
        throw new Failed(refusal, retryAfter(answer))
      }
    }
  }

  async #takeWhole(answer: FeedAnswer): Promise<'unchanged' | 'new' | ExposureError> {
    const total = await lengthOfBody(answer)
    await this.#checkSize(total)
    await this.#options.place.cutPart(0)
    this.#state = {
      ...withoutPart(this.#state),
      part: { ...validatorsOf(answer), ...(total !== undefined && { total }) },
    }
    await this.#options.keep?.(this.#state)
    return (await this.#pour(answer, 0, total)) ?? this.#finish(answer)
  }

  async #takeRest(answer: FeedAnswer, held: number): Promise<'unchanged' | 'new' | 'again' | ExposureError> {
    const range = contentRange(answer)
    const { part } = this.#state
    const { etag } = validatorsOf(answer)
    const isOther = etag !== undefined && etag !== part?.etag
    const total = range?.total ?? part?.total
    const fits = held > 0 && range?.start === held && !isOther && (part?.total ?? total) === total
    if (!fits) {
      await drop(answer)
      return this.#anew(`the server sends other octets than were asked for (206 from ${range?.start ?? 'nowhere'})`)
    }
    await lengthOfBody(answer)
    const end = range.end === undefined ? total : range.end + 1
    await this.#checkSize(total ?? end)
    const broke = await this.#pour(answer, held, end)
    if (broke !== undefined) return broke
    // The server may give less than all of the rest.
    if (total !== undefined && end !== undefined && end < total)
      return new ExposureError('cut-off', 'the server sent a part of the rest')
    return this.#finish(answer)
  }

  /** Begins from the first octet, once: a server that never gives what is asked for is not asked for ever. */
  async #anew(why: string): Promise<'again'> {
    this.#restarts += 1
    if (this.#restarts > 1) throw new Failed(new ExposureError('bad-answer', why))
    await this.#options.place.cutPart(0)
    this.#state = withoutPart(this.#state)
    return 'again'
  }

  /** Appends the body from octet `at` on. Gives what broke it, undefined where it came whole. */
  async #pour(answer: FeedAnswer, at: number, end: number | undefined): Promise<ExposureError | undefined> {
    const { place, signal } = this.#options
    let octets = at
    for await (const piece of piecesOf(answer)) {
      if (piece instanceof Error) {
        signal?.throwIfAborted()
        return new ExposureError('cut-off', messageOf(piece))
      }
      octets += piece.length
      if (end !== undefined && octets > end) {
        throw await this.#dropped('bad-answer', `the server sends more than the ${end} octets that it says`)
      }
      await this.#checkSize(octets)
      this.#received += piece.length
      await place.append(piece)
    }
    if (end === undefined || octets === end) return undefined
    return new ExposureError('cut-off', `it ended after ${octets} of ${end} octets`)
  }

  /** All octets are there: checks them, and puts them in the place of the old ones. */
  async #finish(answer: FeedAnswer): Promise<'unchanged' | 'new'> {
    const { place, digest: expected } = this.#options
    const digest = await place.digestOfPart('sha-256')
    if (expected !== undefined && expected.toLowerCase() !== digest) {
      throw await this.#dropped('wrong-digest', `it has SHA-256 ${digest}, and ${expected.slice(0, 64)} was said`)
    }
    for (const { algorithm, hex } of digestsOf(answer)) {
      if (hex === (algorithm === 'sha-256' ? digest : await place.digestOfPart(algorithm))) continue
      throw await this.#dropped('wrong-digest', `it does not have the ${algorithm} that the server says`)
    }
    const octets = await place.partSize()
    const { total: _, ...validators } = this.#state.part ?? {}
    const isSame = this.#state.whole?.digest === digest
    await place.commit()
    this.#state = { whole: { ...validators, octets, digest } }
    await this.#options.keep?.(this.#state)
    return isSame ? 'unchanged' : 'new'
  }

  /** The part cannot be used: it goes. */
  async #dropped(code: 'bad-answer' | 'wrong-digest' | 'too-large', message: string): Promise<Failed> {
    await this.#options.place.cutPart(0)
    this.#state = withoutPart(this.#state)
    return new Failed(new ExposureError(code, message))
  }

  async #cutOff(broke: ExposureError): Promise<ExposureError> {
    const { part, whole } = this.#state
    const held = await this.#options.place.partSize()
    const of = part?.total === undefined ? '' : ` of ${part.total}`
    const kept = whole === undefined ? 'none is here whole' : `the last whole one (${whole.octets} octets) is kept`
    return new ExposureError('cut-off', `the transfer broke after ${held}${of} octets (${broke.message}); ${kept}`)
  }

  async #checkSize(octets: number | undefined): Promise<void> {
    if (octets === undefined || octets <= this.#limits.bytes) return
    throw await this.#dropped(
      'too-large',
      `a feed may have ${this.#limits.bytes} octets, and this has ${octets} or more`,
    )
  }
}

function withoutPart({ whole }: FeedState): FeedState {
  return whole === undefined ? {} : { whole }
}
