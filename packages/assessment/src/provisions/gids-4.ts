// Annex to the letter of 18 September 2020, fourth proposal. Companies obey local law; no forced
// storage at home.
// Data rules as statements will be its evidence, and will raise the flag `home-storage`.

import { declaredOnly, type Rule } from '../rule.ts'

export const gids4: Rule = { provision: 'gids-4', rungs: declaredOnly }
