// Annex to the letter of 18 September 2020, closing paragraph. Confirmed by agreements; supported by
// companies.
// The paragraph asks for support and for agreements, so a support statement and a signature under an agreement are
// statements about this very provision. An adherence says nothing about agreements unless a declaration names the
// paragraph. Evidence is an agreement in force; what stands in it is not judged. What others answered to the adherence
// or support is listed beside it.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const gids9: Rule = {
  provision: 'gids-9',
  rungs: [
    { level: 'declared', requires: oneOf(some('support'), some('declaration'), some('agreement-signed')) },
    { level: 'evidenced', requires: some('agreement-in-force') },
  ],
  cases: ['gids-answered'],
}
