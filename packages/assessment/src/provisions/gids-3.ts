// Annex to the letter of 18 September 2020, third proposal. Personal information protected; no mass
// surveillance of other States.
// Two pledges in one: preventing and ending what endangers personal information has a ladder; not
// watching other States wholesale has cases.

import { declaredOnly, type Rule } from '../rule.ts'

export const gids3: Rule = { provision: 'gids-3', rungs: declaredOnly, cases: [] }
