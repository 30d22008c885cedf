// Annex to the letter of 18 September 2020, fifth proposal. Sovereignty over data; no reach through
// companies or persons.
// A pledge not to do: no ladder; cases stand with their replies.

import type { Rule } from '../rule.ts'

export const gids5: Rule = { provision: 'gids-5', rungs: [], cases: [] }
