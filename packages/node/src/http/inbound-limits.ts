import { type Rates, RateLimits } from '../federation/peers/rate-limits.ts'

/** What other nodes ask of a witness. Checkpoint, tiles and documents are free; an inbox has limits of its own. */
export type InboundName = 'cosign-address' | 'cosign-log'

/**
 * What is allowed where nobody says otherwise. A log has at most four batches a second; one address may be that of a
 * host of many.
 */
export const inboundRates: Rates<InboundName> = {
  // Requests for a cosignature, whatever comes of them.
  'cosign-address': { perSecond: 50, burst: 500 },
  // Cosignatures that were given for one log: only who has its key uses these up.
  'cosign-log': { perSecond: 10, burst: 200 },
}

export type InboundLimits = RateLimits<InboundName>

/** `now` in whole seconds: the clock of the node, so that a simulated one counts as it goes. */
export function inboundLimits(now: () => number, rates: Partial<Rates<InboundName>> = {}): InboundLimits {
  return new RateLimits({ ...inboundRates, ...rates }, () => now() * 1000)
}
