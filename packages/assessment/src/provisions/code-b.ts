// A/66/359, annex, para (b). No hostile use, no proliferation of information weapons.
// A pledge not to do: that nothing happened cannot be shown by its author. No ladder; cases stand with
// their replies.

import type { Rule } from '../rule.ts'

export const codeB: Rule = { provision: 'code-b', rungs: [], cases: [] }
