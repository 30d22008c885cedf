// A/66/359, annex, para (g). Multilateral, transparent, democratic management of the internet.
// Votes and implementation reports will be its evidence.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeG: Rule = { provision: 'code-g', rungs: declaredOnly, cases: false }
