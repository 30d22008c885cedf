// A/66/359, annex, para (g). Multilateral, transparent, democratic management of the internet.
// Evidence is a vote beside which another party's stands, or a report on what was done about a decision that others
// took. How it voted makes no difference, and not to vote is a right: no clock of a roll-call raises a flag.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const codeG: Rule = {
  provision: 'code-g',
  rungs: [
    {
      level: 'declared',
      requires: oneOf(some('declaration'), some('proposal-made'), some('vote-cast'), some('implementation-reported')),
    },
    { level: 'evidenced', requires: oneOf(some('vote-among-others'), some('implementation-reported')) },
  ],
}
