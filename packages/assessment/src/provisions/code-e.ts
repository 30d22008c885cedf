// A/66/359, annex, para (e). Protecting information space and critical infrastructure, under law.
// Evidence is an exercise in which another party took part, or a contact that answered another party's test. Incidents
// and their clocks will come to it.

import { oneOf, some } from '../requirement.ts'
import type { Rule } from '../rule.ts'

const evidence = [some('exercise-run'), some('exercise-joined'), some('ping-answered')] as const

export const codeE: Rule = {
  provision: 'code-e',
  rungs: [
    { level: 'declared', requires: oneOf(some('declaration'), some('exercise-announced'), ...evidence) },
    { level: 'evidenced', requires: oneOf(...evidence) },
  ],
}
