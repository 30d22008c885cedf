// Annex to the letter of 18 September 2020, seventh proposal. No backdoors, no unlawful control or collection.
// Reproductions and inspections will be its evidence, and will raise the flag `overriding`.

import { declaredOnly, type Rule } from '../rule.ts'

export const gids7: Rule = { provision: 'gids-7', rungs: declaredOnly }
