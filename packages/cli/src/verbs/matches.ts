/** `comity matches`: what advisories say about the inventories of an operator, and why. */
import type { Client, Match } from '@comity/contract'
import { parseAdvisoryUrn, parseProductUrn } from '@comity/statement'
import type { Result } from '../context.ts'
import { countFrom } from '../names.ts'
import { example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { plural, wrap } from '../terminal/text.ts'
import { allMatches, inventoryNamed, vaultClient } from '../own-vault.ts'
import { type Group, groupsOf, groupText, overview } from './matches-text.ts'
import { stateOption } from './state-option.ts'

interface MatchesOptions {
  readonly state?: Match['state']
  readonly inventory?: string
  readonly advisory?: string
  readonly product?: string
  readonly all?: boolean
  readonly limit?: string
}

/** Matches that are shown in full where nothing else is asked for: about one screen. */
const usualLimit = 4

/** Advisories that could not be read and are named. */
const unreadNamed = 3

export const registerMatches: Register = (program, { run }) => {
  program
    .command('matches')
    .summary('what advisories say about your inventories, and why')
    .description(
      `Shows which advisories concern your inventories, by advisory, also those of logs that your node mirrors; of more than ${usualLimit} matches an overview and the first ones. It is computed in your node and leaves it only as an acknowledgement that you choose to send.`,
    )
    .addOption(stateOption('only these', ['affected', 'under_investigation', 'undetermined', 'fixed', 'not_affected']))
    .option('--inventory <inventory>', 'only in this one, by name or identifier')
    .option('--advisory <advisory>', 'only of this one: its identifier, its URN, or how its statement id begins')
    .option('--product <product>', "only of advisories about this product: the publisher's short name or its URN")
    .option('--limit <count>', 'how many to show in full')
    .option('--all', 'all of them, also components that are not affected')
    .addHelpText(
      'after',
      example(
        'comity matches --as plant',
        'comity matches --as plant --advisory GO-2023-2153 --all',
        'comity matches --as plant --inventory "Plant 1" --state undetermined',
      ),
    )
    .action(run(showMatches))
}

async function showMatches(session: Session, options: MatchesOptions): Promise<Result> {
  const limit = options.limit === undefined ? undefined : countFrom(options.limit, '--limit')
  const client = await vaultClient(session)
  const found = await wanted(session, client, options)
  const hides = options.all !== true && options.state === undefined
  const matches = hides ? found.filter(({ state }) => state !== 'not_affected' && state !== 'fixed') : found
  const { advisories: unread, failure } = await client.vault.unreadAdvisories()
  const groups = groupsOf(matches)
  const ordered = groups.flatMap((group) => group.matches)
  const shown = ordered.slice(0, limit ?? (options.all === true ? ordered.length : usualLimit))
  const own = shown.length === 0 ? '' : (await client.status()).origin
  const lines = [
    ...(matches.length === 0 ? [noneText(options)] : matchLines(groups, shown, own)),
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

/** The matches that pass the filters. What the node cannot filter by is looked at here. */
async function wanted(session: Session, client: Client, options: MatchesOptions): Promise<readonly Match[]> {
  const { state, inventory, advisory, product } = options
  const isUrn = advisory !== undefined && parseAdvisoryUrn(advisory) !== undefined
  const found = await session.progress.during(
    'Reading matches',
    allMatches(client, {
      ...(state === undefined ? {} : { state }),
      ...(inventory === undefined ? {} : { inventory: (await inventoryNamed(client, inventory)).id }),
      ...(isUrn ? { advisory } : {}),
    }),
  )
  const digits = advisory === undefined ? undefined : /^([0-9a-f]{8,64})…?$/.exec(advisory)?.[1]
  return found.filter(
    ({ advisory: { sub, statement, products } }) =>
      (advisory === undefined ||
        isUrn ||
        parseAdvisoryUrn(sub)?.id === advisory ||
        (digits !== undefined && statement.startsWith(digits))) &&
      (product === undefined || products.some(({ urn }) => urn === product || parseProductUrn(urn)?.slug === product)),
  )
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

function noneText({ state, inventory, advisory, product }: MatchesOptions): string {
  const isFiltered = [state, inventory, advisory, product].some((each) => each !== undefined)
  return isFiltered
    ? 'No match passes these filters.'
    : 'No advisory of this log, or of a log that it mirrors, concerns your inventories.'
}

function unreadLines(unread: readonly { readonly sub: string; readonly code?: string }[]): readonly string[] {
  if (unread.length === 0) return []
  const named = unread
    .slice(0, unreadNamed)
    .map(({ sub, code }) => `${parseAdvisoryUrn(sub)?.id ?? sub} (${code ?? 'in part'})`)
  const others = unread.length > unreadNamed ? [`${unread.length - unreadNamed} more`] : []
  return [
    wrap(
      `${plural(unread.length, 'advisory', 'advisories')} could not be read, wholly or in part, and nothing is known about what they name: ${[...named, ...others].join(', ')}.`,
    ),
  ]
}
