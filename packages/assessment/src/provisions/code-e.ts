// A/66/359, annex, para (e). Protecting information space and critical infrastructure, under law.
// Incident clocks and exercises will be its evidence.

import { declaredOnly, type Rule } from '../rule.ts'

export const codeE: Rule = { provision: 'code-e', rungs: declaredOnly }
