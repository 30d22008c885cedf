import type { PartyPayload } from '@comity/statement'

/**
 * The kind of statement with which a party binds itself to an instrument: States adhere, everybody else supports, for
 * a statement of support binds nobody as a State.
 */
export function bondKindOf(type: PartyPayload['type']): 'adherence' | 'support' {
  return type === 'state' ? 'adherence' : 'support'
}
