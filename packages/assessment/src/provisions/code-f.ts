// A/66/359, annex, para (f). Rights and freedoms, information included.
// The restriction record will be its evidence: notices complete or not, appeals answered.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeF: Rule = { provision: 'code-f', rungs: declaredOnly, cases: false }
