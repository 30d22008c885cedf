// A/66/359, annex, para (a). Charter, sovereignty, human rights, diversity of systems.
// On record is the adherence itself, and what others answered to it: objections to its reservations, comments, replies.
// They stand beside the party's word and neither raise nor lower it. Gates answered on requests for assistance will be
// evidence; until there are such gates, the declaration is all there is.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeA: Rule = { provision: 'code-a', rungs: declaredOnly, cases: ['code-answered'] }
