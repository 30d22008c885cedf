// A/66/359, annex, para (h). Every part of society knows its role.
// Evidence is an exercise in which another party took part, or help on which two parties agreed. Who was named in an
// exercise and did not answer is shown there as not having answered, and nothing more: no clock of it raises a flag.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

const evidence = [
  some('exercise-run'),
  some('exercise-joined'),
  some('partnership-as-requester'),
  some('partnership-as-partner'),
] as const

export const codeH: Rule = {
  provision: 'code-h',
  rungs: [
    { level: 'declared', requires: oneOf(some('declaration'), some('exercise-announced'), ...evidence) },
    { level: 'evidenced', requires: oneOf(...evidence) },
  ],
}
