import type { Provision } from '@comity/instruments'
import type { AdherenceFact, PartyFact } from './facts.ts'

/** Whether a provision binds a party, and why not. */
export type Bond =
  | { readonly bound: true; readonly adherence: AdherenceFact }
  | {
      readonly bound: false
      /**
       * - `no-adherence`: it neither adheres nor supports.
       * - `withdrawn`: the term that its withdrawal set has passed.
       * - `not-addressed`: the provision speaks to parties of another type.
       */
      readonly because: 'no-adherence' | 'withdrawn' | 'not-addressed'
    }

/**
 * Decides whether a provision binds a party at a time.
 * A withdrawal takes effect by its own term: the party is bound up to and including that second.
 *
 * @param at seconds since the epoch
 */
export function bondOf(provision: Provision, party: PartyFact, adherence: AdherenceFact | undefined, at: number): Bond {
  if (adherence === undefined) return { bound: false, because: 'no-adherence' }
  if (adherence.withdrawnAfter !== undefined && at > adherence.withdrawnAfter) {
    return { bound: false, because: 'withdrawn' }
  }
  if (!provision.binds.includes(party.type)) return { bound: false, because: 'not-addressed' }
  return { bound: true, adherence }
}
