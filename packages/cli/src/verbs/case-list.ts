/** `comity case list`, `comity case show`, `comity case due`. */
import { type CasesQuery, type CaseSummary, type DueCase, eachItem } from '@comity/contract'
import { type BodyDesk, partyOf } from '../cases/body.ts'
import { caseText, caseUrnOf } from '../cases/case-name.ts'
import { caseShown, partyText, stateText } from '../cases/case-text.ts'
import { momentWords } from '../cases/moment-words.ts'
import { caseAt } from '../cases/file-move.ts'
import { caseClient } from '../cases/private-move.ts'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { countFrom, provisionFrom, secondsFrom } from '../names.ts'
import type { Session } from '../session.ts'
import { plain, wrap } from '../terminal/text.ts'

export interface ListOptions {
  readonly procedure?: string
  readonly party?: string
  readonly mine?: boolean
  readonly role?: string
  readonly state?: string
  readonly provision?: string
  readonly open?: boolean
  readonly ended?: boolean
  readonly limit: string
}

export interface DueOptions {
  readonly until?: string
  readonly party?: string
  readonly mine?: boolean
  readonly limit: string
}

function deskOf(session: Session): BodyDesk {
  return { session, client: () => caseClient(session) }
}

export async function showCase(session: Session, _options: object, named: string): Promise<Result> {
  const urn = await caseUrnOf(deskOf(session), named)
  const client = await caseClient(session)
  const found = await caseAt(client, urn)
  if (found === undefined) {
    throw new CliError(
      'not-found',
      `the node knows no case ${caseText(urn)}: it has to follow the log where the case is; or ask that node, with --node`,
      { inner: 'no-case' },
    )
  }
  return { text: caseShown(found, session.profileIfClear?.urn), json: found }
}

export async function listCases(session: Session, options: ListOptions): Promise<Result> {
  const { procedure, role, state, provision, open, ended, limit } = options
  if (open === true && ended === true) throw new CliError('usage', '--open and --ended exclude each other')
  const party = await whose(session, options)
  const query: CasesQuery = {
    ...(procedure === undefined ? {} : { procedure }),
    ...(party === undefined ? {} : { party }),
    ...(role === undefined ? {} : { role }),
    ...(state === undefined ? {} : { state }),
    ...(provision === undefined ? {} : { provision: provisionFrom(provision) }),
    ...(open === true ? { open: true } : ended === true ? { open: false } : {}),
  }
  const client = await caseClient(session)
  const { items, hasMore } = await upTo(countFrom(limit, '--limit'), client.cases, query)
  return {
    text: listText(
      items.map((each) => summaryText(each, session.profileIfClear?.urn)),
      hasMore,
      'No such case.',
    ),
    json: items,
  }
}

export async function dueCases(session: Session, options: DueOptions): Promise<Result> {
  const now = session.context.now()
  const until = options.until === undefined ? undefined : untilFrom(options.until, now)
  const party = await whose(session, options)
  const client = await caseClient(session)
  const due = (query: object) => client.dueCases(until, query)
  const { items, hasMore } = await upTo(countFrom(options.limit, '--limit'), due, party === undefined ? {} : { party })
  const own = session.profileIfClear?.urn
  const nothing = 'No clock runs out in that time, and none has lapsed without an answer.'
  return {
    text: listText(
      items.map((each) => dueText(each, now, own)),
      hasMore,
      nothing,
    ),
    json: items,
  }
}

/** The party whose cases are asked for. */
async function whose(
  session: Session,
  { party, mine }: { readonly party?: string; readonly mine?: boolean },
): Promise<string | undefined> {
  if (mine === true && party !== undefined) throw new CliError('usage', '--mine and --party exclude each other')
  if (mine === true) return session.profile.urn
  return party === undefined ? undefined : partyOf(deskOf(session), party)
}

/** `14d`, or a day with the end of it, or a moment. */
function untilFrom(text: string, now: number): number {
  const days = /^([0-9]{1,4})d$/.exec(text)?.[1]
  return days === undefined ? secondsFrom(text, '--until', 'ends') : now + Number(days) * 86_400
}

interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

async function upTo<T>(
  most: number,
  list: (query: object) => Promise<Page<T>>,
  query: object,
): Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }> {
  const items: T[] = []
  for await (const each of eachItem(list, { ...query, limit: Math.min(200, most + 1) })) {
    if (items.length >= most) return { items, hasMore: true }
    items.push(each)
  }
  return { items, hasMore: false }
}

function listText(blocks: readonly string[], hasMore: boolean, nothing: string): string {
  if (blocks.length === 0) return nothing
  return [...blocks, ...(hasMore ? ['… and more: --limit'] : [])].join('\n\n')
}

function summaryText(of: CaseSummary, own?: string): string {
  const { urn, procedure, title, subject, opener, next } = of
  return [
    wrap(`${caseText(urn)}  ${stateText(of)}${of.private === true ? ', private' : ''}`),
    wrap(`${procedure}  ${subject === undefined ? title : plain(subject)}`, { indent: '  ' }),
    wrap(`opened by ${partyText(opener, own)}`, { indent: '  ' }),
    ...(next === undefined ? [] : [wrap(`next: ${next.title}, until ${momentWords(next.deadline)}`, { indent: '  ' })]),
  ].join('\n')
}

const standings: Readonly<Record<DueCase['standing'], string>> = {
  running: 'running',
  lapsed: 'lapsed',
}

function dueText(
  { urn, title, subject, clock, standing, binds, at, deadline, lapse }: DueCase,
  now: number,
  own?: string,
): string {
  const who = binds.parties.map((each) => partyText(each, own)).join('; ')
  return [
    wrap(`${momentWords(deadline)}, ${farText(at - now)}`),
    wrap(`${clock.title}: ${standings[standing]}`, { indent: '  ' }),
    wrap(`for ${binds.role}${who === '' ? '' : `: ${who}`}`, { indent: '  ' }),
    wrap(`in ${caseText(urn)}, ${subject === undefined ? title : plain(subject)}`, { indent: '  ' }),
    wrap(`when it lapses: ${lapse}`, { indent: '  ' }),
  ].join('\n')
}

/** How far away a moment is: `in 3 days`, `2 hours ago`. */
function farText(seconds: number): string {
  const size = Math.abs(seconds)
  const [count, unit] =
    size >= 172_800 ? [size / 86_400, 'days'] : size >= 7200 ? [size / 3600, 'hours'] : [size / 60, 'minutes']
  const far = `${Math.floor(count)} ${unit}`
  return seconds < 0 ? `${far} ago` : `in ${far}`
}
