/** Writes what `docs/findings.md` says: what each finding rests on, from the rules that compute it. */
import { currentRuleset, ladder, meanings, type Requirement, type Rule, supplyMeanings } from '@comity/assessment'
import { provisionById } from '@comity/instruments'

const says = (word: keyof typeof meanings): string => meanings[word]

/** A requirement as a nested list. */
function lines(requirement: Requirement, depth = 1): readonly string[] {
  const indent = '  '.repeat(depth)
  if ('some' in requirement) {
    return [`${indent}- ${[requirement.some, ...requirement.with].map(says).join(', and ')}`]
  }
  const isAll = 'all' in requirement
  const parts = isAll ? requirement.all : requirement.oneOf
  if (parts.length === 1 && parts[0] !== undefined) return lines(parts[0], depth)
  const head = `${indent}- ${isAll ? 'all of these' : 'at least one of these'}:`
  return [head, ...parts.flatMap((part) => lines(part, depth + 1))]
}

function section({ provision, rungs, cases, clocks = [], supply = [], notices }: Rule): string {
  const { title, citation, onRecord } = provisionById(provision)
  const ladderLines = rungs.flatMap(({ level, requires }) => [`- **${level}**`, ...lines(requires)])
  const listed = (cases ?? []).map((word) => `  - ${says(word)}`)
  const flagged = clocks.map((word) => `  - ${says(word)}`)
  const supplied = supply.map((word) => `  - \`${word}\`: ${supplyMeanings[word]}`)
  return [
    `## ${provision}: ${title}`,
    `${citation.text}. On record: ${onRecord}`,
    [
      ...(rungs.length === 0 ? ['- No ladder: a pledge not to do.'] : ladderLines),
      ...(listed.length === 0 ? [] : ['- Cases listed beside it, which decide nothing:', ...listed]),
      ...(cases !== undefined && listed.length === 0 ? ['- Cases: none has a procedure yet.'] : []),
      ...(supplied.length === 0
        ? []
        : ['- Shown or missing, of the products stated last, which decides nothing:', ...supplied]),
      ...(notices === true ? ['- Notices of supply restrictions are cited, and decide nothing.'] : []),
      ...(flagged.length === 0 ? [] : ['- `due` while it runs, `overdue` when it has run out:', ...flagged]),
    ].join('\n'),
  ].join('\n\n')
}

export function findingsDocument(): string {
  const { version, digest, rules } = currentRuleset
  return `${[
    '# Findings',
    '_Made from the code by `npm run docs`._',
    `What is on record for a party and a provision, by ruleset ${version}, \`${digest}\`. Only who adheres or supports has findings. The ladder is ${ladder.map((level) => `\`${level}\``).join(', ')}: *silent* is adherence alone, and a rung counts only when every lower one is reached. \`unseen\` stands in place of a level where the party’s home log is not among those looked at. Beside it stand flags: \`contested\` where nothing but contested statements carries a level, \`due\` and \`overdue\` where the provision says so. A finding looks at sixteen things of a sort, those that carry evidence first; it never counts, ranks or scores.`,
    'Why cases count as they do: [decisions/findings-and-cases.md](decisions/findings-and-cases.md).',
    ...rules.map(section),
  ].join('\n\n')}\n`
}
