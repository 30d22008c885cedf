/** What a check found, for people: a line for each match, a summary, what was not read. */
import { type Component, isHarmless, labelOf, type Sbom } from '@comity/exposure'
import { countText, cut, defaultWidth, plain, plural, table, widthOf, wrap } from '../terminal/text.ts'
import type { CheckedMatch } from './judge.ts'
import type { Policy } from './policy.ts'
import { type CheckedSource, noAdvisoryCode, type Refusal } from './sources.ts'

export interface Report {
  readonly sbom: Sbom
  readonly components: number
  readonly warnings: readonly string[]
  readonly sources: readonly CheckedSource[]
  readonly matches: readonly CheckedMatch[]
  readonly policy: Policy
  readonly failing: readonly CheckedMatch[]
}

export interface TextOptions {
  readonly why: boolean
  readonly all: boolean
}

/** Refusals that are named. */
const refusalsShown = 5

const words = {
  affected: 'AFFECTED',
  under_investigation: 'investigated',
  undetermined: 'undetermined',
  fixed: 'fixed',
  not_affected: 'not affected',
} as const

export function checkText(report: Report, options: TextOptions): string {
  const shown = report.matches.filter(({ state }) => options.all || !isHarmless(state))
  return [
    ...(shown.length === 0 ? [] : [matchLines(shown, options.why), '']),
    ...summary(report, shown.length),
    ...refusalLines(report.sources),
    ...report.warnings.map((each) => wrap(each)),
    verdict(report),
  ].join('\n')
}

function matchLines(matches: readonly CheckedMatch[], why: boolean): string {
  const cells = matches.map((each) => ({
    state: words[each.state],
    vulnerability: cut(plain(each.vulnerability), widest.vulnerability),
    severity: severityOf(each),
    'mended in': cut(each.fixes.length === 0 ? '-' : plain(each.fixes.join(', ')), widest.fix),
  }))
  // A column that says nothing leaves its room to the names of components.
  const columns = columnNames.filter((name) => name === 'state' || cells.some((each) => each[name] !== '-'))
  const taken = columns.map((name) => Math.max(widthOf(name), ...cells.map((each) => widthOf(each[name]))))
  const room = defaultWidth - 2 - taken.reduce((sum, width) => sum + width + 2, 0)
  const [state, ...others] = columns
  const lines = table(
    [state ?? 'state', 'component', ...others],
    matches.map((each, index) => [
      cells[index]?.state ?? '',
      fromEnd(plain(packageOf(each.component)), room),
      ...others.map((name) => cells[index]?.[name] ?? ''),
    ]),
  ).split('\n')
  if (!why) return lines.join('\n')
  return [lines[0], ...matches.flatMap((each, index) => [lines[index + 1], whyText(each)])].join('\n')
}

const columnNames = ['state', 'vulnerability', 'severity', 'mended in'] as const

/** Columns that an outsider's text may take. */
const widest = { vulnerability: 20, fix: 16 } as const

/** The package that matching looked at: documents call components what they like. */
function packageOf(component: Component): string {
  const { purl, version } = component
  if (purl === undefined) return labelOf(component)
  return labelOf({
    ...(purl.namespace !== undefined && { group: purl.namespace }),
    name: purl.name,
    ...(version !== undefined && { version }),
  })
}

/** Shortens to `width` columns from the front: the end of a component's name and its version tell it from others. */
function fromEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of [...text].toReversed()) {
    if (widthOf(kept) + widthOf(character) > width - 1) break
    kept = character + kept
  }
  return `…${kept}`
}

function severityOf({ rating, isExploited }: CheckedMatch): string {
  return [rating ?? '-', ...(isExploited ? ['exploited'] : [])].join(', ')
}

/** Who says so and what was compared; the way to the component; who says the contrary; what weighs. */
function whyText({ standing, component, occurrences, priority }: CheckedMatch): string {
  const { deciding, contradicting } = standing
  const by = (advisory: typeof deciding.advisory): string => plain(advisory.document || advisory.format)
  return [
    `${by(deciding.advisory)}: ${plain(deciding.outcome.why.text)}`,
    ...(deciding.outcome.why.notes ?? []).map(plain),
    ...contradicting.map(({ advisory, outcome }) => `but ${by(advisory)}: ${plain(outcome.why.text)}`),
    ...(component.path.length > 1 ? [`path: ${component.path.map(plain).join(' › ')}`] : []),
    ...(occurrences > 1 ? [`listed ${countText(occurrences)} times`] : []),
    ...priority.facts.filter(({ fact }) => fact === 'exploited' || fact === 'severity').map(({ text }) => plain(text)),
  ]
    .map((line) => wrap(line, { indent: '      ' }))
    .join('\n')
}

function summary({ sbom, components, sources, matches }: Report, shown: number): readonly string[] {
  const states = Object.entries(words).flatMap(([state, word]) => {
    const count = matches.filter((each) => each.state === state).length
    return count === 0 ? [] : [`${countText(count)} ${word.toLowerCase()}`]
  })
  const read = new Map<string, number>()
  for (const { counts } of sources) {
    for (const [name, count] of Object.entries(counts.read)) read.set(name, (read.get(name) ?? 0) + count)
  }
  const documents = Array.from(read, ([name, count]) => `${countText(count)} ${name}`).join(', ')
  const hidden = matches.length - shown
  const unknown = sbom.withoutPurl === 0 ? '' : ` (${countText(sbom.withoutPurl)} without a package URL)`
  return [
    wrap(
      `${matches.length === 0 ? 'No match' : `${plural(matches.length, 'match', 'matches')}: ${states.join(', ')}`}; ${plural(components, 'component')}${unknown} against ${documents}.`,
    ),
    ...(hidden > 0
      ? [wrap(`${plural(hidden, 'match', 'matches')} with nothing to do: --all shows ${hidden === 1 ? 'it' : 'them'}.`)]
      : []),
  ]
}

function refusalLines(sources: readonly CheckedSource[]): readonly string[] {
  return sources.flatMap(({ path, counts, refusals }) => {
    const total = Object.values(counts.refused).reduce((sum, count) => sum + count, 0)
    const others = counts.refused[noAdvisoryCode] ?? 0
    const broken = refusals.filter(({ code }) => code !== noAdvisoryCode)
    const more = total - others - refusalsShown
    return [
      ...(others === 0
        ? []
        : [wrap(`${path}: ${plural(others, 'file')} that ${others === 1 ? 'is' : 'are'} no advisory.`)]),
      ...(total === others ? [] : [wrap(`${path}: ${plural(total - others, 'item was', 'items were')} not read:`)]),
      ...broken.slice(0, refusalsShown).map(refusalText),
      ...(more > 0 ? [`    … and ${countText(more)} more; --json lists them`] : []),
      ...(counts.problems === 0
        ? []
        : [wrap(`${path}: ${plural(counts.problems, 'part')} of its advisories could not be used.`)]),
    ]
  })
}

function refusalText({ name, message, pointer }: Refusal): string {
  const at = pointer === undefined ? '' : ` at ${plain(pointer)}`
  return `    ${plain(name)}\n${wrap(`${plain(message)}${at}`, { indent: '      ' })}`
}

function verdict({ policy, failing, sources }: Report): string {
  if (failing.length > 0)
    return wrap(`Failed by ${plural(failing.length, 'match', 'matches')}: --fail-on ${plain(policy.text)}.`)
  const broken = sources.filter(({ counts }) => counts.isCutOff).map(({ path }) => path)
  if (broken.length > 0)
    return wrap(`Incomplete: ${broken.join(', ')} could not be read to the end, and what is there may match.`)
  return wrap(`Passed: nothing meets --fail-on ${plain(policy.text)}.`)
}
