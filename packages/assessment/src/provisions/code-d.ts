// A/66/359, annex, para (d). Supply chain; nobody's independent control undermined.
// Evidence is what anyone can check: what a release is made of. Beside the level stand the rest of the evidence and the
// gaps: provenance and whose signature it bears, the end of support, what holds should supply end. Notices of supply
// restrictions are cited and earn nothing; nor does giving none. Which dependence a product creates waits for inspectors.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

export const codeD: Rule = {
  provision: 'code-d',
  rungs: [
    { level: 'declared', requires: oneOf(some('declaration'), some('product')) },
    { level: 'evidenced', requires: some('release', 'sbom-present') },
  ],
  supply: ['sbom', 'artifacts', 'sbom-tied', 'provenance', 'provenance-signed', 'support-end', 'continuity'],
  notices: true,
}
