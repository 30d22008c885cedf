/** `comity matches`: what advisories say about the inventories of an operator, and why. */
import type { CitedAdvisory, Client, Match, UnreadAdvisoriesResponse } from '@comity/contract'
import { standingStates } from '@comity/exposure'
import { parseAdvisoryUrn, parseProductUrn } from '@comity/statement'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { countFrom } from '../names.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { plain, plural, wrap } from '../terminal/text.ts'
import { allMatches, inventoryNamed, vaultClient } from '../own-vault.ts'
import { matchInFull } from './match-text.ts'
import { type Group, groupsOf, groupText, overview } from './matches-text.ts'
import { stateOption } from './state-option.ts'

interface MatchesOptions {
  readonly state?: Match['state']
  readonly inventory?: string
  readonly advisory?: string
  readonly vulnerability?: string
  readonly product?: string
  readonly exploited?: boolean
  readonly all?: boolean
  readonly limit?: string
}

/** Matches that are shown in full where nothing else is asked for: about one screen. */
const usualLimit = 4

/** Advisories that could not be read and are named. */
const unreadNamed = 3

export const registerMatches: Register = (program, { run }) => {
  program
    .command('matches [match]')
    .summary('what advisories say about your inventories, and why')
    .description(
      `Shows which vulnerabilities concern your inventories and which advisories speak of them, also those of logs that your node mirrors and of sources that it follows; what is to be looked at first comes first, and of more than ${usualLimit} matches an overview. With how the identifier of a match begins: all about that one. It is computed in your node and leaves it only as an acknowledgement that you choose to send.`,
    )
    .addOption(stateOption('only these', standingStates))
    .option('--inventory <inventory>', 'only in this one, by name or identifier')
    .option('--advisory <advisory>', 'only of this one: its identifier, its URN, or how its statement id begins')
    .option('--vulnerability <name>', 'only of this one, by any of its names, such as a CVE identifier')
    .option('--exploited', 'only what is known to be exploited')
    .option('--product <product>', "only of advisories about this product: the publisher's short name or its URN")
    .option('--limit <count>', 'how many to show in full')
    .option('--all', 'all of them, also components that are not affected')
    .addHelpText(
      'after',
      example(
        'comity matches --as plant',
        'comity matches 4f1c09d2a7be --as plant',
        'comity matches --as plant --advisory GO-2023-2153 --all',
        'comity matches --as plant --inventory "Plant 1" --state undetermined',
      ),
    )
    .action(run(showMatches))
}

async function showMatches(session: Session, options: MatchesOptions, named?: string): Promise<Result> {
  if (named !== undefined) return showMatch(session, named)
  const limit = options.limit === undefined ? undefined : countFrom(options.limit, '--limit')
  const client = await vaultClient(session)
  const found = await wanted(session, client, options)
  const hides = options.all !== true && options.state === undefined
  const matches = hides ? found.filter(({ state, by }) => by === 'operator' || !isSettled(state)) : found
  const { advisories: unread, failure } = await client.vault.unreadAdvisories()
  const groups = groupsOf(matches)
  const ordered = groups.flatMap((group) => group.matches)
  const shown = ordered.slice(0, limit ?? (options.all === true ? ordered.length : usualLimit))
  const own = shown.length === 0 ? '' : (await client.status()).origin
  const lines = [
    ...(matches.length === 0 ? [wrap(noneText(options))] : matchLines(groups, shown, own)),
    ...moreLines(ordered.length - shown.length, found.length - matches.length),
    ...unreadLines(unread),
    ...(failure === undefined
      ? []
      : [wrap(`Matching stands still at the moment (${failure}): the list may be incomplete.`)]),
  ]
  return {
    text: lines.join('\n\n'),
    json: {
      ...countsOf(found),
      matches: limit === undefined ? ordered : shown,
      unread,
      ...(failure === undefined ? {} : { failure }),
    },
  }
}

/** One match, by its identifier or how that begins. */
async function showMatch(session: Session, named: string): Promise<Result> {
  if (!/^[0-9a-f]{6,32}$/.test(named)) {
    throw new CliError('usage', `"${plain(named)}" is no match: give 6 to 32 of its digits, as "comity matches" shows`)
  }
  const client = await vaultClient(session)
  const all = await session.progress.during('Reading matches', allMatches(client, {}))
  const [found, other] = all.filter(({ id }) => id.startsWith(named))
  if (found === undefined) throw new CliError('not-found', `your vault has no match ${named}: see "comity matches"`)
  if (other !== undefined) throw new CliError('ambiguous', `several matches begin with ${named}: give more digits`)
  const match = await client.vault.match(found.id)
  return { text: matchInFull(match, (await client.status()).origin), json: match }
}

/** Nobody says that anything is to be done. */
function isSettled(state: Match['state']): boolean {
  return state === 'not_affected' || state === 'fixed'
}

/** The matches that pass the filters. What the node cannot filter by is looked at here. */
async function wanted(session: Session, client: Client, options: MatchesOptions): Promise<readonly Match[]> {
  const { state, inventory, advisory, product, vulnerability, exploited } = options
  const isUrn = advisory !== undefined && parseAdvisoryUrn(advisory) !== undefined
  const found = await session.progress.during(
    'Reading matches',
    allMatches(client, {
      ...(state === undefined ? {} : { state }),
      ...(inventory === undefined ? {} : { inventory: (await inventoryNamed(client, inventory)).id }),
      ...(isUrn ? { advisory } : {}),
      ...(vulnerability === undefined ? {} : { vulnerability }),
      ...(exploited === undefined ? {} : { exploited }),
      order: 'priority',
    }),
  )
  const digits = advisory === undefined ? undefined : /^([0-9a-f]{8,64})…?$/.exec(advisory)?.[1]
  return found.filter(
    (match) =>
      (advisory === undefined || isUrn || citedIn(match).some((each) => isNamed(each, advisory, digits))) &&
      (product === undefined ||
        citedIn(match).some(({ products }) =>
          products.some(({ urn }) => urn === product || parseProductUrn(urn)?.slug === product),
        )),
  )
}

function citedIn({ advisory, others }: Match): readonly CitedAdvisory[] {
  return [advisory, ...others]
}

function isNamed({ sub, statement, document }: CitedAdvisory, name: string, digits: string | undefined): boolean {
  if (digits !== undefined && statement?.startsWith(digits) === true) return true
  return (sub === undefined ? document : parseAdvisoryUrn(sub)?.id) === name
}

function countsOf(matches: readonly Match[]) {
  const count = (state: Match['state']): number => matches.filter((each) => each.state === state).length
  return { affected: count('affected'), undetermined: count('undetermined'), not_affected: count('not_affected') }
}

/** An overview where not everything is shown, then what is shown, under its advisory. */
function matchLines(groups: readonly Group[], shown: readonly Match[], own: string): readonly string[] {
  const total = groups.reduce((sum, { matches }) => sum + matches.length, 0)
  const inFull = groups
    .map((group) => ({ ...group, matches: group.matches.filter((each) => shown.includes(each)) }))
    .filter(({ matches }) => matches.length > 0)
  return [
    ...(shown.length < total || total > usualLimit ? [overview(groups)] : []),
    ...inFull.map((group) => groupText(group, own)),
  ]
}

function moreLines(more: number, hidden: number): readonly string[] {
  return [
    ...(more > 0
      ? [
          wrap(
            `… and ${plural(more, 'more match', 'more matches')}: --advisory, --inventory and --state choose among them, --limit COUNT or --all shows more.`,
          ),
        ]
      : []),
    ...(hidden > 0
      ? [
          wrap(
            `${plural(hidden, 'more component')} ${hidden === 1 ? 'has' : 'have'} a package that an advisory names, in a version that is not affected: --all shows them.`,
          ),
        ]
      : []),
  ]
}

function noneText({ state, inventory, advisory, product, vulnerability, exploited }: MatchesOptions): string {
  const isFiltered = [state, inventory, advisory, product, vulnerability, exploited].some((each) => each !== undefined)
  return isFiltered
    ? 'No match passes these filters.'
    : 'No advisory of this log, of a log that it mirrors or of a source that it follows concerns your inventories.'
}

function unreadLines(unread: UnreadAdvisoriesResponse['advisories']): readonly string[] {
  if (unread.length === 0) return []
  const named = unread.slice(0, unreadNamed).map(({ sub = '', followed, code }) => {
    const name = followed?.name ?? parseAdvisoryUrn(sub)?.id ?? sub
    return `${plain(name)} (${code ?? 'in part'})`
  })
  const others = unread.length > unreadNamed ? [`${unread.length - unreadNamed} more`] : []
  return [
    wrap(
      `${plural(unread.length, 'advisory', 'advisories')} could not be read, wholly or in part, and nothing is known about what they name: ${[...named, ...others].join(', ')}.`,
    ),
  ]
}
