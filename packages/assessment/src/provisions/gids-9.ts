// Annex to the letter of 18 September 2020, closing paragraph. Confirmed by agreements; supported by
// companies.
// The paragraph asks for support, so a support statement is a statement about this very provision.
// An adherence says nothing about agreements unless a declaration names the paragraph. Agreements in
// force will be the evidence.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const gids9: Rule = {
  provision: 'gids-9',
  rungs: [{ level: 'declared', requires: oneOf(some('support'), some('declaration')) }],
  cases: false,
}
