/** Where a source may lead, and how it is asked: through the one way out of a node. */
import type { FeedPort } from '@comity/exposure'
import type { Destination } from '../federation/peers/guarded-fetch.ts'
import type { LaneLimits } from '../federation/peers/outgoing-lane.ts'
import type { Fetch } from '../federation/peers/peer.ts'
import type { Source } from './source.ts'

/**
 * Calls to a host of a source: as many at a time as to a peer, and more in a second, for a document, its hash and its
 * signature are three. With a round trip of 50 ms there are some 150 a second.
 */
const lane: LaneLimits = { atOnce: 8, perSecond: 1000, burst: 2000 }

/**
 * As whom an address is asked that a source led to: its own scheme, host and port, or any public `https` address, for
 * providers keep documents elsewhere (CISA's are at GitHub). A private one only where the keeper named it.
 */
export function permittedFor({ address, allowPrivate }: Source, url: URL): Destination | undefined {
  const name = `source ${url.host}`
  if (url.origin === URL.parse(address)?.origin) return { name, allowPrivate, lane }
  return url.protocol === 'https:' ? { name, allowPrivate: false, lane } : undefined
}

/** The port of a source's feeds. */
export function feedPort(fetch: Fetch, { name }: Source): FeedPort {
  return async (url, { method, headers, redirect, signal }) => {
    // The feed itself counts what comes, and says of one that is too large how large it may be.
    const maxBytes = Number.MAX_SAFE_INTEGER
    const init = { method, headers, redirect, maxBytes, source: name }
    const answer = await fetch(url, signal === undefined ? init : { ...init, signal })
    return { status: answer.status, headers: answer.headers, body: answer.body }
  }
}
