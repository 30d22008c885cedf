// Annex to the letter of 18 September 2020, second proposal. Critical-infrastructure data of others left alone.
// A pledge not to do: no ladder; cases stand with their replies.

import type { Rule } from '../rule.ts'

export const gids2: Rule = { provision: 'gids-2', rungs: [], cases: [] }
