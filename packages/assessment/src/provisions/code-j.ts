// A/66/359, annex, para (j). Cooperation, norms, coordination between organisations.
// Evidence is a contact that answered another party's test in the time for it, or an agreement in force. Not to answer
// raises no flag: whoever wishes may name anybody in a test. What stands in an agreement is not judged.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const codeJ: Rule = {
  provision: 'code-j',
  rungs: [
    { level: 'declared', requires: oneOf(some('declaration'), some('agreement-signed'), some('ping-answered')) },
    { level: 'evidenced', requires: oneOf(some('ping-answered'), some('agreement-in-force')) },
  ],
}
