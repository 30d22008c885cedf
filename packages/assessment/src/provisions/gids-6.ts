// Annex to the letter of 18 September 2020, sixth proposal. Data abroad through legal assistance or
// agreements; third States unharmed.
// Agreements without known conflict will be its evidence; clocks come by report only.

import { declaredOnly, type Rule } from '../rule.ts'

export const gids6: Rule = { provision: 'gids-6', rungs: declaredOnly }
