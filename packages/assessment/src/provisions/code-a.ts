// A/66/359, annex, para (a). Charter, sovereignty, human rights, diversity of systems.
// Safeguards gates on assistance requests will be its evidence; until they exist, the declaration is
// all there is.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeA: Rule = { provision: 'code-a', rungs: declaredOnly, cases: false }
