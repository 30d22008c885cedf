import { provisionById } from '@comity/instruments'
import { canonicalJson } from '@comity/statement'
import { AssessmentError } from './assessment-error.ts'
import { evidenceLimit } from './candidates.ts'
import { caseWords, clockWords, flaggedStandings, listedCases } from './case-word.ts'
import { ladder } from './finding.ts'
import { codeA } from './provisions/code-a.ts'
import { codeB } from './provisions/code-b.ts'
import { codeC } from './provisions/code-c.ts'
import { codeD } from './provisions/code-d.ts'
import { codeE } from './provisions/code-e.ts'
import { codeF } from './provisions/code-f.ts'
import { codeG } from './provisions/code-g.ts'
import { codeH } from './provisions/code-h.ts'
import { codeI } from './provisions/code-i.ts'
import { codeJ } from './provisions/code-j.ts'
import { codeK } from './provisions/code-k.ts'
import { gids1 } from './provisions/gids-1.ts'
import { gids2 } from './provisions/gids-2.ts'
import { gids3 } from './provisions/gids-3.ts'
import { gids4 } from './provisions/gids-4.ts'
import { gids5 } from './provisions/gids-5.ts'
import { gids6 } from './provisions/gids-6.ts'
import { gids7 } from './provisions/gids-7.ts'
import { gids8 } from './provisions/gids-8.ts'
import { gids9 } from './provisions/gids-9.ts'
import type { RulesetName } from './request.ts'
import { supplyMeanings, suppliedLimit } from './supply-words.ts'
import { meanings } from './requirement.ts'
import type { Rule } from './rule.ts'

/** A version of the rules; its digest is over `rulesetDescription`. */
export interface Ruleset extends RulesetName {
  /** In the order of the provisions. */
  readonly rules: readonly Rule[]
}

/**
 * The digest stands here as a literal, and a test holds it against the description: a rule that
 * changes while the version does not is then a failing test, not a silent change of findings.
 */
export const currentRuleset: Ruleset = {
  version: '3',
  digest: 'sha256:d6ab7f6b6014c014520cb032b2c48f928a34d0e9539d72f999c787135deda3d1',
  rules: [
    codeA,
    codeB,
    codeC,
    codeD,
    codeE,
    codeF,
    codeG,
    codeH,
    codeI,
    codeJ,
    codeK,
    gids1,
    gids2,
    gids3,
    gids4,
    gids5,
    gids6,
    gids7,
    gids8,
    gids9,
  ],
}

/** Every ruleset this release can compute, oldest first. */
export const rulesets: readonly Ruleset[] = [currentRuleset]

/**
 * The ruleset as canonical JSON (RFC 8785): what its digest is the SHA-256 of. It holds everything
 * that decides a finding: whom a provision binds, the tree of each rung, what the words mean, and for cases the very
 * procedures, versions, roles, states, moves and clocks that are looked for.
 */
export function rulesetDescription(ruleset: Ruleset): string {
  return canonicalJson({
    version: ruleset.version,
    ladder,
    rungsAreCumulative: true,
    boundUntil: 'at <= withdrawnAfter',
    evidenceLimit,
    evidenceFirst: 'uncontested, then by the opening move: latest time leaf, origin, index, identifier',
    meanings,
    cases: { carrying: caseWords, listed: listedCases, flagging: clockWords, flaggedStandings },
    supply: {
      meanings: supplyMeanings,
      limit: suppliedLimit,
      order: 'products by latest statement; of each the release stated last',
    },
    provisions: ruleset.rules.map(({ provision, rungs, cases = null, clocks = [], supply = [], notices = false }) => {
      const { binds, duty } = provisionById(provision)
      return { provision, binds, duty, rungs, cases, clocks, supply, notices }
    }),
  })
}

/**
 * Finds the ruleset that a request or a findings statement names.
 *
 * @throws AssessmentError `unknown-ruleset` when this release does not carry it
 */
export function rulesetOf(name: RulesetName): Ruleset {
  const found = rulesets.find((each) => each.version === name.version && each.digest === name.digest)
  if (found !== undefined) return found
  const known = rulesets.map((each) => `${each.version} (${each.digest})`).join(', ')
  throw new AssessmentError(
    'unknown-ruleset',
    `ruleset ${name.version} (${name.digest}) is not in this release, which carries ${known}; a release of another version may`,
  )
}
