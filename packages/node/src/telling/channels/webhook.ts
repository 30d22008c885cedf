import { FederationError } from '../../federation/federation-error.ts'
import { GuardedFetch, type GuardedFetchOptions } from '../../federation/peers/guarded-fetch.ts'
import type { Fetch } from '../../federation/peers/peer.ts'
import { type Outcome, never, untold } from './outcome.ts'
import { signatureHeaders } from './standard-webhooks.ts'

/** Where a webhook goes. */
export interface WebhookTarget {
  readonly url: string
  /** What its messages are signed with: `whsec_…`. */
  readonly secret: string
}

/** Longest that a receiver may take, in milliseconds; the standard asks for 15 to 30 seconds. */
const maxMilliseconds = 20_000

/** Most of an answer that is looked at. Nothing in it is used. */
const maxBytes = 64 * 1024

export interface WebhookCallerOptions extends Pick<GuardedFetchOptions, 'resolve' | 'ca' | 'patience'> {
  /** Whole seconds since the epoch. */
  readonly now: () => number
  /** Hosted parties may name addresses of the keeper's own network, and plain http there. */
  readonly allowPrivate?: boolean
}

/**
 * Brings messages to the addresses that parties gave for themselves, over the same guarded way as nodes are asked, with
 * lanes of its own: a receiver that hangs keeps no peer waiting. Nothing is counted or reported by address.
 */
export class WebhookCaller {
  readonly #guard: GuardedFetch
  readonly #fetch: Fetch
  readonly #now: () => number

  constructor({ now, allowPrivate = false, ...options }: WebhookCallerOptions) {
    const destination = (url: URL) => ({ name: url.host, allowPrivate })
    this.#guard = new GuardedFetch({ ...options, now, destination })
    this.#fetch = this.#guard.fetch
    this.#now = now
  }

  /** Makes one attempt. `id` is the same at each attempt to bring the same message. Never rejects. */
  async call({ url, secret }: WebhookTarget, id: string, body: string): Promise<Outcome> {
    const timestamp = this.#now()
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'comity',
      ...signatureHeaders(secret, { id, timestamp, body }),
    }
    try {
      const response = await this.#fetch(url, {
        method: 'POST',
        headers,
        body: new TextEncoder().encode(body),
        redirect: 'manual',
        sealed: true,
        maxBytes,
        maxMilliseconds,
      })
      await response.arrayBuffer().catch(() => undefined)
      return this.#outcomeOf(response)
    } catch (error) {
      return failureOf(error, this.#now())
    }
  }

  close(): void {
    this.#guard.close()
  }

  /** Anything but 2xx is a no (§ Responses); 410 is for good, everything else is tried again. */
  #outcomeOf({ status, ok, headers }: Response): Outcome {
    if (ok) return { told: true }
    if (status === 410) return never('gone', status)
    const retryAfter = secondsOf(headers.get('retry-after'), this.#now())
    return untold('refused', { status, ...(retryAfter === undefined ? {} : { retryAfter }) })
  }
}

/** Retry-After (RFC 9110 §10.2.3), a day at the most. */
function secondsOf(text: string | null, now: number): number | undefined {
  const given = text?.trim() ?? ''
  const seconds = /^\d{1,9}$/.test(given) ? Number(given) : Math.ceil(Date.parse(given) / 1000 - now)
  return seconds > 0 ? Math.min(seconds, 86_400) : undefined
}

/** What an error says besides its code may name what is sealed, and is left behind. */
function failureOf(error: unknown, now: number): Outcome {
  if (!(error instanceof FederationError)) return untold('not-reached')
  if (error.code === 'private-address') return untold('not-permitted')
  const retryAfter = error.retryAt === undefined ? 0 : Math.max(0, error.retryAt - now)
  return untold('not-reached', retryAfter > 0 ? { retryAfter } : {})
}
