// A/66/359, annex, para (c). Cooperation against criminal and terrorist use.
// Restriction notices earn nothing here and declining to cooperate costs nothing: the level reads the
// party's own declaration and nothing else, no case is listed, and no clock of this provision is ever due or overdue.
// Answers given will come by report.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeC: Rule = { provision: 'code-c', rungs: declaredOnly }
