// A/66/359, annex, para (i). Help for developing countries; the digital divide.
// An offer is a statement about this provision; evidence is one that the requester chose, for the requester alone says
// what helps. Having needs shows nothing here, and a need that nobody met is nobody's failing. A milestone is due when the
// partner itself said so: what the requester asks for raises no flag.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const codeI: Rule = {
  provision: 'code-i',
  rungs: [
    {
      level: 'declared',
      requires: oneOf(some('declaration'), some('offer-to-all'), some('offer-made'), some('offer-chosen')),
    },
    { level: 'evidenced', requires: oneOf(some('offer-chosen'), some('milestone-reported')) },
  ],
  clocks: ['milestone-promised'],
}
