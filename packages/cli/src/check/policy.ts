/** What a check ends in: `--fail-on exploited,severity:high+fixable`. */
import { CliError } from '../cli-error.ts'

export const ratings = ['low', 'medium', 'high', 'critical'] as const

export type Rating = (typeof ratings)[number]

/** What of a match a policy looks at. */
export interface Judged {
  readonly state: string
  readonly fixes: readonly string[]
  readonly isExploited: boolean
  /** The highest that is known. */
  readonly rating?: Rating | 'none'
}

type Condition = (match: Judged) => boolean

/** Alternatives; of each all conditions hold. None: nothing fails. */
export interface Policy {
  readonly text: string
  readonly alternatives: readonly (readonly Condition[])[]
}

/** What may stand in a policy, for `--help`. */
export const policyHelp = [
  ['any', 'affected'],
  ['fixable', 'affected, and a version that mends it is known'],
  ['exploited', 'affected, and known to be exploited'],
  ['severity:RATING', 'affected, rated so or higher: low, medium, high, critical'],
  ['undetermined', 'nobody can say whether it is affected'],
  ['investigated', 'its supplier does not know yet'],
  ['none', 'nothing: the check ends with 0 whatever it finds'],
] as const

const words: Readonly<Record<string, Condition>> = {
  any: isAffected,
  fixable: (match) => isAffected(match) && match.fixes.length > 0,
  exploited: (match) => isAffected(match) && match.isExploited,
  undetermined: ({ state }) => state === 'undetermined',
  investigated: ({ state }) => state === 'under_investigation',
}

/** A policy as it is typed: words between commas are alternatives, between `+` all of them hold. Throws CliError `usage`. */
export function policyFrom(text: string): Policy {
  const wanted = text.split(',').map((each) => each.trim())
  if (wanted.includes('none')) {
    if (wanted.length === 1) return { text, alternatives: [] }
    throw new CliError('usage', `--fail-on "${text}": none stands alone`)
  }
  return { text, alternatives: wanted.map((each) => each.split('+').map((word) => conditionFrom(word.trim(), text))) }
}

/** Whether a match fails the check. */
export function fails({ alternatives }: Policy, match: Judged): boolean {
  return alternatives.some((conditions) => conditions.every((holds) => holds(match)))
}

function conditionFrom(word: string, text: string): Condition {
  const severity = /^severity:(.*)$/.exec(word)?.[1]
  if (severity !== undefined) {
    const least = ratings.findIndex((each) => each === severity)
    if (least >= 0) return (match) => isAffected(match) && ratings.findIndex((each) => each === match.rating) >= least
    throw new CliError(
      'usage',
      `--fail-on "${text}": a severity is one of ${ratings.join(', ')}, and not "${severity}"`,
    )
  }
  const condition = Object.hasOwn(words, word) ? words[word] : undefined
  if (condition !== undefined) return condition
  const known = policyHelp.map(([each]) => each).join(', ')
  throw new CliError('usage', `--fail-on "${text}": "${word}" is none of ${known}`)
}

function isAffected({ state }: Judged): boolean {
  return state === 'affected'
}
