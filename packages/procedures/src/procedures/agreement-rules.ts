/**
 * The terms of an agreement as rules, where they concern data: which data of whom may be reached by whom, and under which
 * conditions. Here they are held to be well formed and of one mind; what they decide in a case is evaluated elsewhere,
 * where a rule that lacks a fact never says yes.
 */
import { fields } from '@comity/statement'
import { type Static, Type } from 'typebox'

const { closed, list, oneOf, stateCode, text } = fields

const agreementRule = closed({
  name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$', description: 'its name within the agreement' }),
  effect: oneOf(['permit', 'forbid'], 'a rule that forbids goes before one that permits'),
  act: oneOf(['access', 'preserve', 'transfer', 'store'], 'what is done with the data'),
  data: Type.Array(oneOf(['subscriber', 'traffic', 'content', 'any']), { minItems: 1, maxItems: 4, uniqueItems: true }),
  from: Type.Array(stateCode, {
    minItems: 1,
    maxItems: 32,
    uniqueItems: true,
    description: 'whose law the data is under',
  }),
  to: Type.Array(stateCode, {
    minItems: 1,
    maxItems: 32,
    uniqueItems: true,
    description: 'whose authority asks, or where it goes',
  }),
  purpose: Type.Optional(list(oneOf(['criminal', 'emergency', 'administrative', 'other']), 4)),
  through: Type.Optional(oneOf(['central-authority', 'provider', 'either'], 'to whom a request goes')),
  conditions: Type.Optional(
    list(
      oneOf([
        'dual-criminality',
        'judicial-authorisation',
        'no-political-offence',
        'no-discrimination',
        'no-death-penalty',
        'speech-offences-excluded',
        'use-limited-to-purpose',
        'notice-to-person',
        'notice-to-third-state',
        'minimised',
      ]),
      10,
      'all of them have to be met',
    ),
  ),
  answer: Type.Optional(
    Type.Union([
      closed({ hours: Type.Integer({ minimum: 1, maximum: 8760 }) }),
      closed({ days: Type.Integer({ minimum: 1, maximum: 3650 }) }),
    ]),
  ),
  article: text(100, 'where the document says so'),
})

export type AgreementRule = Static<typeof agreementRule>

export const agreementRules = Type.Array(agreementRule, { minItems: 1, maxItems: 64 })

/** What is wrong with rules that fit their schema, or undefined: names that stand twice, and rules that undo each other. */
export function ruleFault(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const rules = value as readonly AgreementRule[] // as the schema above has it
  const names = rules.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) return `two rules have the name ${twice}: give each its own`
  for (const one of rules) {
    if (one.from.some((state) => one.to.includes(state)))
      return `${one.name}: data does not leave the State that it is under; from and to name the same`
    const undone = rules.find((other) => other.effect === 'forbid' && one.effect === 'permit' && covers(other, one))
    if (undone !== undefined) return `${undone.name} forbids all that ${one.name} permits: leave one of them out`
  }
  return undefined
}

/** Whether a rule speaks of everything that another speaks of, whatever the conditions of that. */
function covers(rule: AgreementRule, other: AgreementRule): boolean {
  const within = (these: readonly string[] | undefined, those: readonly string[] | undefined): boolean =>
    those === undefined || (these?.every((each) => those.includes(each)) ?? false)
  return (
    rule.act === other.act &&
    (rule.data.includes('any') || within(other.data, rule.data)) &&
    within(other.from, rule.from) &&
    within(other.to, rule.to) &&
    within(other.purpose, rule.purpose) &&
    (rule.conditions?.length ?? 0) === 0
  )
}
