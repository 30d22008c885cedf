// A/66/359, annex, para (k). Peaceful settlement; no threat or use of force.
// A pledge not to do: no ladder; disputes stand with their replies, and none is decided by default. A clock raises a
// flag only where the party entered upon what it measures by its own move, an acknowledgement or an outcome it agreed
// to; whoever is merely notified of a dispute, or stays silent, is neither due nor overdue.

import type { Rule } from '../rule.ts'

export const codeK: Rule = {
  provision: 'code-k',
  rungs: [],
  cases: ['disputes'],
  clocks: ['consultations-agreed', 'outcome-agreed'],
}
