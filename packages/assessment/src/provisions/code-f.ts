// A/66/359, annex, para (f). Rights and freedoms, information included.
// On record are restrictions, by whomever they were recorded, complete or not, with appeals and what came of them. No
// level rests on them: whoever restricts more has more notices to show and more appeals to answer, so that a rung for a
// complete notice, or for an appeal answered, would be earned by restricting. Nor does any lower one: a State that gives
// notice of what it restricts would stand below one that hides it. A report on itself has no kind of statement.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeF: Rule = { provision: 'code-f', rungs: declaredOnly, cases: ['restrictions'] }
