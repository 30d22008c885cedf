// A/66/359, annex, para (k). Peaceful settlement; no threat or use of force.
// A pledge not to do: no ladder; disputes stand with their replies, and none is decided by default.

import type { Rule } from '../rule.ts'

export const codeK: Rule = { provision: 'code-k', rungs: [], cases: true }
