// A/66/359, annex, para (i). Help for developing countries; the digital divide.
// Offers and milestones will be its evidence.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeI: Rule = { provision: 'code-i', rungs: declaredOnly, cases: false }
