// Annex to the letter of 18 September 2020, eighth proposal. No abuse of dependence, no forced
// upgrades; vulnerabilities told and remedied.
// The statement about this very provision is a product with its update policy; words alone do not
// count here. Evidence is an advisory whose document anyone can read and whose telling is proved by
// somebody else's word: an acknowledgement by its own author proves nothing. Whether upgrades are
// forced, and whether a remedy works, takes inspectors: this ruleset never says `verified`. Beside the level stands what
// products say against dependence: the end of support, the way out for data, what holds should supply end.

import { some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const gids8: Rule = {
  provision: 'gids-8',
  rungs: [
    { level: 'declared', requires: some('product', 'update-policy') },
    { level: 'evidenced', requires: some('advisory', 'document-present', 'told-by-another') },
  ],
  supply: ['support-end', 'portability', 'continuity'],
}
