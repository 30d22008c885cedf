import type { PartyPayload } from '../kinds/party.ts'
import { isRecoveryKey } from './party-keys.ts'
import type { PartyState } from './party-state.ts'

/** How many distinct keys must sign a statement of `kind` before it takes effect: 1 unless the party says more. */
export function thresholdOf(state: PartyState, kind: string): number {
  return Object.hasOwn(state.thresholds, kind) ? (state.thresholds[kind] ?? 1) : 1
}

/**
 * How many distinct keys stand behind a statement: its own and those of its approvals. Recovery
 * keys count for recovery alone, also those of before the last recovery.
 */
export function countSigners(state: PartyState, kid: string, approvals: Iterable<string>): number {
  const distinct = new Set<string>([kid])
  for (const approval of approvals) {
    if (state.keys.some((key) => key.kid === approval) && !isRecoveryKey(state, approval)) distinct.add(approval)
  }
  return distinct.size
}

/** The same for a recovery: only recovery keys count. */
export function countRecoverers(state: PartyState, kid: string, approvals: Iterable<string>): number {
  const distinct = new Set<string>()
  for (const each of [kid, ...approvals]) if (isRecoveryKey(state, each)) distinct.add(each)
  return distinct.size
}

/**
 * How many keys a change of the party itself takes. Who lowers the threshold of a kind needs as
 * many keys as that threshold asks for: four eyes cannot be closed by two.
 */
export function thresholdOfChange(state: PartyState, payload: PartyPayload): number {
  let needed = thresholdOf(state, 'party')
  for (const [kind, before] of Object.entries(state.thresholds)) {
    const after = payload.thresholds?.[kind] ?? 1
    if (after < before) needed = Math.max(needed, before)
  }
  return needed
}
