/** What a report is prepared from: the record at the node, and what the officer says. */
import type { DraftReportBody } from '@comity/contract'
import type { ContentName, Happening, Matter, Place, RecordParts } from '@comity/procedures'
import { caseUrnOf } from '../cases/case-name.ts'
import { caseClient } from '../cases/private-move.ts'
import { CliError } from '../cli-error.ts'
import { pairFrom } from '../names.ts'
import { procedureRoom } from '../cases/procedure-desk.ts'
import type { Session } from '../session.ts'
import { findAdvisory } from './acknowledge.ts'

export interface ReportOptions {
  readonly advisory?: string
  readonly case?: string
  readonly law?: readonly string[]
  readonly aware?: string
  readonly exploited?: string
  readonly incident?: string
  readonly remedy?: string
  readonly sent?: readonly string[]
  readonly say?: readonly string[]
  readonly place?: string
}

/** What is asked for, as the node takes it. */
export type ReportMatter = Omit<DraftReportBody, 'report'>

/** What the officer says, with the names of what the node has on record. */
export async function matterFrom(session: Session, options: ReportOptions): Promise<ReportMatter> {
  const { law, advisory, case: named } = options
  const said = await saidFrom(options.say ?? [])
  const place = await placeFrom(options.place)
  const own = session.profileIfClear
  const client = () => caseClient(session)
  return {
    ...(own && { party: own.urn }),
    ...(advisory !== undefined && { advisory: (await findAdvisory(await client(), advisory)).urn }),
    ...(named !== undefined && { case: await caseUrnOf({ session, client }, named) }),
    ...(law && { laws: [...new Set(law)] }),
    happened: happenedFrom(options),
    said: { ...said },
    ...(place && { place: { ...place } }),
  }
}

/** Whether anything on record is asked for: else no node is. */
export function isOnRecord({ party, advisory, case: urn }: ReportMatter): boolean {
  return party !== undefined || advisory !== undefined || urn !== undefined
}

/** The same without a node. */
export function offRecord({ happened = {}, said = {}, laws = [], place }: ReportMatter): Matter {
  return { parts: { happened, said }, laws, ...(place && { place }) }
}

function happenedFrom({
  aware,
  exploited,
  incident,
  remedy,
  sent = [],
}: ReportOptions): NonNullable<ReportMatter['happened']> {
  const times: readonly (readonly [Happening, string | undefined, string])[] = [
    ['awareAt', aware, '--aware'],
    ['exploitedAt', exploited, '--exploited'],
    ['incidentAt', incident, '--incident'],
    ['remedyAt', remedy, '--remedy'],
  ]
  const given = times.flatMap(([name, text, option]) => (text === undefined ? [] : [[name, momentFrom(text, option)]]))
  const reports = sent.map((each) => {
    const [report, time] = pairFrom(each, '--sent', 'LAW/REPORT=TIME')
    return [report, momentFrom(time, '--sent')]
  })
  return { ...Object.fromEntries(given), ...(reports.length > 0 && { sent: Object.fromEntries(reports) }) }
}

const momentForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/

/** Seconds since the epoch. A clock of hours depends on the hour: a day alone is no moment. */
function momentFrom(text: string, option: string): number {
  if (/^[0-9]{1,12}$/.test(text)) return Number(text)
  const milliseconds = momentForm.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(milliseconds)) return Math.floor(milliseconds / 1000)
  throw new CliError(
    'usage',
    `${option} "${text}" is no moment with hour and zone: 2026-11-20T10:00+01:00, 2026-11-20T09:00Z or seconds since the epoch`,
  )
}

async function saidFrom(texts: readonly string[]): Promise<NonNullable<RecordParts['said']>> {
  const { contentTitles } = await procedureRoom()
  const pairs = texts.map((each) => pairFrom(each, '--say', 'PART=TEXT'))
  const unknown = pairs.find(([name]) => !Object.hasOwn(contentTitles, name))
  if (unknown !== undefined) {
    throw new CliError(
      'usage',
      `--say "${unknown[0]}" is no part of a report: ${Object.keys(contentTitles).join(', ')}`,
    )
  }
  // Safe: each is a name in that table.
  return Object.fromEntries(pairs) as Partial<Record<ContentName, string>>
}

/** `Africa/Nairobi`, with a State whose working days count behind a comma. */
async function placeFrom(text: string | undefined): Promise<Place | undefined> {
  if (text === undefined) return undefined
  const { requirePlace, ProcedureError } = await procedureRoom()
  const [zone = '', region] = text.split(',', 2)
  const place = { zone, ...(region !== undefined && { region }) }
  try {
    requirePlace(place)
  } catch (error) {
    if (error instanceof ProcedureError) throw new CliError('usage', `--place: ${error.message}`, { cause: error })
    throw error
  }
  return place
}
