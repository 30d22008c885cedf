/** Matches for people: grouped by vulnerability, with who speaks of it and what about. */
import type { CitedAdvisory, Match } from '@comity/contract'
import { standingStates } from '@comity/exposure'
import { parseAdvisoryUrn } from '@comity/statement'
import { nameOf, short } from '../names.ts'
import { countText, dateText, fields, plain, plural, table, wrap } from '../terminal/text.ts'

/** The matches of one vulnerability. */
export interface Group {
  readonly vulnerability: Match['vulnerability']
  /** Of the match to be looked at first. */
  readonly first: Match
  readonly matches: readonly Match[]
}

/** Vulnerabilities that the overview lists; the rest are counted. */
const overviewRows = 8

/** Names of a vulnerability that are shown beside the first. */
const namesShown = 3

/** What the party has to do something about, what may concern it, and what is settled. */
const rank: Readonly<Record<Match['state'], number>> = {
  affected: 0,
  under_investigation: 1,
  undetermined: 1,
  mitigated: 2,
  remedied: 2,
  fixed: 2,
  not_affected: 2,
}

/**
 * By vulnerability: first what affects the party and waits for its answer, then what affects it, then what may; among
 * these as the node has them, what is to be looked at first at the head. Within one by state, inventory and component.
 */
export function groupsOf(matches: readonly Match[]): readonly Group[] {
  const byId = Map.groupBy(matches, ({ vulnerability }) => vulnerability.id)
  return [...byId.values()]
    .map((own): Group & { readonly urgency: number } => {
      const ordered = own.toSorted(
        (a, b) =>
          rank[a.state] - rank[b.state] ||
          compare(a.inventory.name, b.inventory.name) ||
          compare(a.component.purl ?? a.component.name, b.component.purl ?? b.component.name),
      )
      const [first] = ordered
      if (first === undefined) throw new RangeError('a group has a match')
      const urgency = 2 * rank[first.state] + (first.acknowledged === undefined ? 0 : 1)
      return { vulnerability: first.vulnerability, first, matches: ordered, urgency }
    })
    .toSorted((a, b) => a.urgency - b.urgency)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** How many of each, and the vulnerabilities, one on a line. */
export function overview(groups: readonly Group[]): string {
  const all = groups.flatMap(({ matches }) => matches)
  const inventories = new Set(all.map(({ inventory }) => inventory.id)).size
  const of = (matches: readonly Match[], state: Match['state']): number =>
    matches.filter((each) => each.state === state).length
  const counted = standingStates
    .map((state) => [of(all, state), stateWords[state].toLowerCase()] as const)
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${countText(n)} ${word}`)
  const rows = groups
    .slice(0, overviewRows)
    .map(({ vulnerability, first, matches }) => [
      vulnerability.id,
      countText(of(matches, 'affected')),
      countText(of(matches, 'undetermined')),
      first.acknowledged === undefined ? 'nothing' : first.acknowledged.state.replace('_', ' '),
      publisherOf(first.advisory) + (first.others.length === 0 ? '' : ` and ${first.others.length} more`),
      productsOf(first.advisory),
    ])
  const more = groups.length - rows.length
  return [
    wrap(
      `${plural(all.length, 'match', 'matches')}, ${counted.join(', ')}; of ${plural(groups.length, 'vulnerability', 'vulnerabilities')} in ${plural(inventories, 'inventory', 'inventories')}.`,
    ),
    '',
    table(['vulnerability', 'affected', 'undetermined', 'you said', 'by', 'about'], rows),
    ...(more > 0 ? [`  … and ${plural(more, 'more vulnerability', 'more vulnerabilities')}`] : []),
  ].join('\n')
}

/**
 * One vulnerability with its matches. A statement is named by how its id begins: two may share an identifier. `own`: the
 * origin of the node's own log; an advisory of another says in which it stands.
 */
export function groupText({ vulnerability, first, matches }: Group, own: string): string {
  const { advisory, others, acknowledged, priority, lookAgain } = first
  const aliases = vulnerability.names.filter((name) => name !== vulnerability.id)
  const also = [...aliases.slice(0, namesShown), ...(aliases.length > namesShown ? ['…'] : [])]
  const title = [advisory, ...others].find((each) => each.title !== '')?.title
  const answered = [advisory, ...others].find(({ statement }) => statement !== undefined)?.statement
  return [
    wrap(`${plain(vulnerability.id)}${also.length === 0 ? '' : `  also ${plain(also.join(', '))}`}`),
    fields([['title', title]]),
    ...[advisory, ...others].map((each) => citedText(each, own)),
    fields([
      ...priority.map(({ fact, text }, at) => [at === 0 ? 'weighs' : '', factText(fact, text)] as const),
      ['remedy', remedyOf([advisory, ...others])],
      ['you said', answerText(acknowledged, answered)],
      ['look again', lookAgain ? 'something was said after your answer' : undefined],
    ]),
    ...matches.map(matchText),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function answerText(acknowledged: Match['acknowledged'], statement: string | undefined): string | undefined {
  if (acknowledged !== undefined) return `${acknowledged.state.replace('_', ' ')}, ${dateText(acknowledged.at)}`
  return statement === undefined ? undefined : `nothing yet: comity acknowledge ${statement.slice(0, 16)} --state …`
}

/** Who says what, on one line where that fits. */
export function citedText(cited: CitedAdvisory, own: string): string {
  const { as, state, origin, party, products } = cited
  const by = party === undefined ? short(origin) : `${publisherOf(cited)} (${party.slice(-64).slice(0, 8)}…)`
  const about = products.length === 0 ? '' : `, about ${productsOf(cited)}`
  const where = party === undefined || origin === own ? '' : `, in the log ${short(origin)}, which your node mirrors`
  const role = as === 'deciding' || as === 'beside' ? '' : `, ${as}`
  return wrap(`${idOf(cited)}  by ${by}${about}${where}: ${plainWords[state]}${role}`, { indent: '  ' })
}

/** A vector is long, and the score says it. */
function factText(fact: string, text: string): string {
  return fact === 'severity' ? text.replace(/ \(CVSS:[^)]*\)| \(AV:[^)]*\)/, '') : text
}

function remedyOf(cited: readonly CitedAdvisory[]): string | undefined {
  const remedy = cited.find((each) => each.remedy !== undefined)?.remedy
  return remedy && [remedy.kind, remedy.version, remedy.url].filter((each) => each !== undefined).join(' ')
}

export const stateWords: Readonly<Record<Match['state'], string>> = {
  affected: 'AFFECTED',
  under_investigation: 'UNDER INVESTIGATION',
  undetermined: 'UNDETERMINED',
  fixed: 'fixed',
  not_affected: 'not affected',
  remedied: 'remedied',
  mitigated: 'mitigated',
}

const plainWords: Readonly<Record<CitedAdvisory['state'], string>> = {
  affected: 'affected',
  under_investigation: 'under investigation',
  undetermined: 'undetermined',
  fixed: 'fixed',
  not_affected: 'not affected',
}

export function matchText({ id, state, why, component, inventory }: Match): string {
  const { name, version, path, occurrences } = component
  const times = occurrences > 1 ? `, ${countText(occurrences)} times` : ''
  const { range } = why
  return [
    wrap(
      `${stateWords[state]}  ${plain(name)}${version === undefined ? '' : ` ${plain(version)}`}, in ${plain(inventory.name)}${times}`,
      { indent: '  ' },
    ),
    fields([
      ['  path', path.length < 2 ? undefined : path.join(' › ')],
      ['  why', reasonOf(why)],
      ['  range', typeof range === 'string' ? range : undefined],
      ['  match', id.slice(0, 12)],
    ]),
  ].join('\n')
}

/** The comparison that decided, in the words that matching gives it, with what its author says beside. */
export function reasonOf({ text, reason, justifications, impact }: Match['why']): string {
  const said = Array.isArray(justifications) ? justifications.map((each) => String(each).replaceAll('_', ' ')) : []
  const more = [...said, ...(typeof impact === 'string' ? [impact] : [])]
  return [text === '' ? reason : text, ...more].join('; ')
}

export function idOf({ sub, document }: CitedAdvisory): string {
  return plain((sub === undefined ? undefined : parseAdvisoryUrn(sub)?.id) ?? document)
}

function publisherOf({ party, names, origin }: CitedAdvisory): string {
  return plain(party === undefined ? short(origin) : nameOf(names))
}

function productsOf({ products }: CitedAdvisory): string {
  const [first, ...others] = products.map(({ name }) => plain(name))
  if (first === undefined) return 'no product that it names'
  return others.length === 0 ? first : `${first} and ${plural(others.length, 'more product')}`
}
