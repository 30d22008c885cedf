// A/66/359, annex, para (d). Supply chain; nobody's independent control undermined.
// What anyone can check today is what a release is made of. Which dependence it creates, and whether
// supply is cut off, wait for their kinds of statements.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const codeD: Rule = {
  provision: 'code-d',
  rungs: [
    { level: 'declared', requires: oneOf(some('declaration'), some('product')) },
    { level: 'evidenced', requires: some('release', 'sbom-present') },
  ],
}
