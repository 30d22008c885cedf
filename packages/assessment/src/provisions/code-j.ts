// A/66/359, annex, para (j). Cooperation, norms, coordination between organisations.
// Evidence is a contact that answered another party's test, or an agreement in force that it has not suspended. To answer
// late costs nothing beside not answering, and neither raises a flag: whoever wishes may name anybody in a test. What stands in an agreement is not judged.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const codeJ: Rule = {
  provision: 'code-j',
  rungs: [
    { level: 'declared', requires: oneOf(some('declaration'), some('agreement-signed'), some('ping-answered')) },
    { level: 'evidenced', requires: oneOf(some('ping-answered'), some('agreement-in-force')) },
  ],
}
