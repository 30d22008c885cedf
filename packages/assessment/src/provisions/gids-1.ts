// Annex to the letter of 18 September 2020, first proposal. Evidence-based data security; open,
// secure, stable supply chain.
// On record as code-d: a claim about a product is worth what its documents show.

import { codeD } from './code-d.ts'
import type { Rule } from '../rule.ts'

export const gids1: Rule = { ...codeD, provision: 'gids-1' }
