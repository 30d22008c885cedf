// A/66/359, annex, para (j). Cooperation, norms, coordination between organisations.
// Contacts that answer and agreements in force will be its evidence.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeJ: Rule = { provision: 'code-j', rungs: declaredOnly, cases: false }
