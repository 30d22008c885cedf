// A/66/359, annex, para (h). Every part of society knows its role.
// Partnerships and exercises will be its evidence.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeH: Rule = { provision: 'code-h', rungs: declaredOnly, cases: false }
