/** Matches for people: grouped by advisory, with who published it and what about. */
import type { Match } from '@comity/contract'
import { parseAdvisoryUrn } from '@comity/statement'
import { nameOf, short } from '../names.ts'
import { countText, dateText, fields, plain, plural, table, wrap } from '../terminal/text.ts'

/** The matches of one advisory. */
export interface Group {
  readonly advisory: Match['advisory']
  readonly acknowledged: Match['acknowledged']
  readonly matches: readonly Match[]
}

/** Advisories that the overview lists; the rest are counted. */
const overviewRows = 8

const states = ['affected', 'under_investigation', 'undetermined', 'fixed', 'not_affected'] as const

const rank = { affected: 0, under_investigation: 1, undetermined: 1, fixed: 2, not_affected: 2 } as const

/**
 * By advisory: first what affects the party and waits for its answer, then what affects it, then what may; the newest
 * first. Within an advisory by state, inventory and component.
 */
export function groupsOf(matches: readonly Match[]): readonly Group[] {
  const bySub = Map.groupBy(matches, ({ advisory }) => advisory.sub)
  return [...bySub.values()]
    .map((own): Group & { readonly urgency: number; readonly since: number } => {
      const ordered = own.toSorted(
        (a, b) =>
          rank[a.state] - rank[b.state] ||
          compare(a.inventory.name, b.inventory.name) ||
          compare(a.component.purl, b.component.purl),
      )
      const [first] = ordered
      if (first === undefined) throw new RangeError('a group has a match')
      const { advisory, acknowledged, state } = first
      const urgency = 2 * rank[state] + (acknowledged === undefined ? 0 : 1)
      return { advisory, acknowledged, matches: ordered, urgency, since: Math.max(...own.map(({ since }) => since)) }
    })
    .toSorted((a, b) => a.urgency - b.urgency || b.since - a.since)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** How many of each, and the advisories, one on a line. */
export function overview(groups: readonly Group[]): string {
  const all = groups.flatMap(({ matches }) => matches)
  const inventories = new Set(all.map(({ inventory }) => inventory.id)).size
  const of = (matches: readonly Match[], state: Match['state']): number =>
    matches.filter((each) => each.state === state).length
  const counted = states
    .map((state) => [of(all, state), stateWords[state].toLowerCase()] as const)
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${countText(n)} ${word}`)
  const rows = groups
    .slice(0, overviewRows)
    .map(({ advisory, acknowledged, matches }) => [
      idOf(advisory),
      countText(of(matches, 'affected')),
      countText(of(matches, 'undetermined')),
      acknowledged === undefined ? 'nothing' : acknowledged.state.replace('_', ' '),
      nameOf(advisory.names),
      productsOf(advisory),
    ])
  const more = groups.length - rows.length
  return [
    wrap(
      `${plural(all.length, 'match', 'matches')}, ${counted.join(', ')}; by ${plural(groups.length, 'advisory', 'advisories')} in ${plural(inventories, 'inventory', 'inventories')}.`,
    ),
    '',
    table(['advisory', 'affected', 'undetermined', 'you said', 'by', 'about'], rows),
    ...(more > 0 ? [`  … and ${plural(more, 'more advisory', 'more advisories')}`] : []),
  ].join('\n')
}

/**
 * One advisory with its matches. The statement is named by how its id begins: two may share an identifier. `own`: the
 * origin of the node's own log; an advisory of another says in which it stands.
 */
export function groupText({ advisory, acknowledged, matches }: Group, own: string): string {
  const { origin, title, remedy, withdrawn, statement, party } = advisory
  const publisher = `${plain(nameOf(advisory.names))} (${party.slice(-64).slice(0, 8)}…)`
  return [
    wrap(`${idOf(advisory)}  by ${publisher}, about ${productsOf(advisory)}`),
    fields([
      ['title', title],
      ['log', origin === own ? undefined : `${short(origin)}, which your node mirrors`],
      ['withdrawn', withdrawn ? 'by its publisher' : undefined],
      [
        'remedy',
        remedy === undefined
          ? undefined
          : [remedy.kind, remedy.version, remedy.url].filter((each) => each !== undefined).join(' '),
      ],
      [
        'you said',
        acknowledged === undefined
          ? `nothing yet: comity acknowledge ${statement.slice(0, 16)} --state …`
          : `${acknowledged.state.replace('_', ' ')}, ${dateText(acknowledged.at)}`,
      ],
    ]),
    ...matches.map(matchText),
  ].join('\n')
}

const stateWords = {
  affected: 'AFFECTED',
  under_investigation: 'UNDER INVESTIGATION',
  undetermined: 'UNDETERMINED',
  fixed: 'fixed',
  not_affected: 'not affected',
} as const

function matchText({ state, why, component, inventory }: Match): string {
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
    ]),
  ].join('\n')
}

/** The comparison that decided, in the words that matching gives it. */
function reasonOf({ text, reason }: Match['why']): string {
  return typeof text === 'string' ? text : reason
}

function idOf({ sub }: Match['advisory']): string {
  return plain(parseAdvisoryUrn(sub)?.id ?? sub)
}

function productsOf({ products }: Match['advisory']): string {
  const [first, ...others] = products.map(({ name }) => plain(name))
  if (first === undefined) return 'no product that it names'
  return others.length === 0 ? first : `${first} and ${plural(others.length, 'more product')}`
}
