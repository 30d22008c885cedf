import { StatementError } from '@comity/statement'
import { NodeError } from '../../../node-error.ts'
import type { Arrivals } from '../receiving/arrivals.ts'
import type { Reception } from '../receiving/reception.ts'
import { SealKeyExpired } from '../receiving/seal-key-expired.ts'
import { type Destination, DeliveryRefused } from './destination.ts'

/** The inbox of a party on this very node: the same checks, without the network in between. */
export function localInbox(party: string, reception: Reception, arrivals: Arrivals): Destination {
  return {
    deliver: (sealed) => refusing(() => reception.take(party, sealed)),
    state: (ticket) => refusing(async () => arrivals.state(party, ticket)),
    putList: (ticket, list) => refusing(() => arrivals.putList(party, ticket, list)),
    putChunk: (ticket, index, chunk) => refusing(() => arrivals.putChunk(party, ticket, index, chunk)),
    finish: (ticket) => refusing(() => arrivals.finish(party, ticket)),
  }
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof SealKeyExpired) throw new DeliveryRefused(cause.code, { sealKey: cause.kid, cause })
    if (cause instanceof NodeError || cause instanceof StatementError) throw new DeliveryRefused(cause.code, { cause })
    throw cause
  }
}
