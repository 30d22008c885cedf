/** `comity report`: what laws demand to be reported, until when, and drafts of it for an officer to sign. */
import type { DutyView, HandlingRecord, Place, RecordParts, ReportDraft } from '@comity/procedures'
import type { Command } from 'commander'
import { entry } from '../cases/entry.ts'
import { momentWords } from '../cases/moment-words.ts'
import { procedureRoom } from '../cases/procedure-desk.ts'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { checkFree, writeFile } from '../output-file.ts'
import { short } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { dateText, wrap } from '../terminal/text.ts'
import { partsFrom, placeFrom, type ReportOptions } from './report-input.ts'

interface PrepareOptions extends ReportOptions {
  readonly out?: string
  readonly force?: boolean
}

export const registerReport: Register = (program, { run }) => {
  const family = program
    .command('report')
    .summary('reports that laws demand: what is due, and drafts to sign')
    .description(
      'Laws demand reports of vulnerabilities and incidents within hours or days. This lists what is due by the laws that you name, and prepares drafts from the record: each part with where it stands, what is not on record left open. Which laws bind you is yours to say. Nothing is sent.',
    )
    .addHelpText('after', example('comity report laws', 'comity report due --law eu-cra --exploited 2026-11-20T09:00Z'))
  family
    .command('laws')
    .summary('laws whose clocks are known, with their sources')
    .description(
      'Lists the clock profiles: law, whom it binds, each report with its time, and whether its text was read.',
    )
    .addHelpText('after', example('comity report laws'))
    .action(run(showLaws))
  withFacts(family.command('due'))
    .summary('what is due, when, by which law')
    .description(
      'Lists every report that these laws demand in one matter, the next to be due first: all laws are shown, and the one that is due next is named.',
    )
    .addHelpText('after', example('comity report due --law eu-cra --exploited 2026-11-20T09:00Z'))
    .action(run(showDue))
  withFacts(family.command('prepare [report]'))
    .summary('prepare a report from the record')
    .description(
      'Prepares one report, LAW/REPORT as "comity report due" names it; without a name the one that is due next. The draft goes to an officer, who completes it, signs it and sends it: keep it with the case by "comity case move CASE note-report --document".',
    )
    .option('--out <file>', 'write the draft there: JSON where the name ends with .json, else text')
    .option('--force', 'replace that file')
    .addHelpText(
      'after',
      example(
        'comity report prepare --advisory NORTH-2026-1 --law eu-cra --out draft.txt',
        'comity report prepare eu-cra/early-warning --case headers',
      ),
    )
    .action(run(prepare))
}

function withFacts(command: Command): Command {
  return command
    .option('--advisory <advisory>', 'take from this advisory: identifier, URN or statement')
    .option('--case <case>', 'take from this disclosure, with what was stated there of laws and times')
    .option('--law <law>', 'a law that binds you here (repeatable; beside those stated in the case)', collect)
    .option('--aware <time>', 'when you became aware of the vulnerability')
    .option('--exploited <time>', 'when you became aware that it is exploited')
    .option('--incident <time>', 'when you became aware of a severe incident')
    .option('--remedy <time>', 'since when a corrective or mitigating measure is available')
    .option('--sent <law/report=time>', 'a report that was sent, and when (repeatable)', collect)
    .option('--say <part=text>', 'what the record does not have (repeatable)', collect)
    .option('--place <zone[,State]>', "where days end (the law's own place)")
}

async function showLaws(): Promise<Result> {
  const { clockProfiles, countsText, lengthText } = await procedureRoom()
  const text = clockProfiles.map((profile) =>
    [
      wrap(`${profile.id}  ${profile.law}`),
      wrap(`binds ${profile.binds}${profile.since === undefined ? '' : `; since ${profile.since}`}`, { indent: '  ' }),
      ...profile.duties.map((duty) =>
        wrap(
          `${duty.name}: ${lengthText(duty.length)} from ${countsText(profile, duty)}, to ${duty.to} (${duty.article}${duty.source.verified ? '' : ', unverified'})`,
          { indent: '    ' },
        ),
      ),
      ...(profile.remark === undefined ? [] : [wrap(profile.remark, { indent: '  ' })]),
    ].join('\n'),
  )
  const note = wrap(
    'Unverified: nobody of the project has read the text of that law itself. Check it before you rely on it.',
  )
  return { text: [...text, note].join('\n\n'), json: clockProfiles }
}

interface Matter {
  readonly record: HandlingRecord
  readonly laws: readonly string[]
  readonly place: Place | undefined
  readonly due: readonly DutyView[]
  /** Of a disclosure, as far as one sees it. */
  readonly moves: NonNullable<RecordParts['moves']>
}

async function matterOf(session: Session, options: ReportOptions, named?: string): Promise<Matter> {
  const { recordOf, dutiesUnder, ProcedureError } = await procedureRoom()
  const parts = await partsFrom(session, options)
  const record = recordOf(parts)
  const laws = [...new Set([...(options.law ?? []), ...record.laws, ...(named === undefined ? [] : [named])])]
  if (laws.length === 0 && parts.moves === undefined) {
    throw new CliError('usage', 'no law is named: say with --law which bind you, of those in "comity report laws"')
  }
  const place = await placeFrom(options.place)
  try {
    const due = dutiesUnder(laws, record.happened, session.context.now(), place)
    return { record, laws, place, due, moves: parts.moves ?? [] }
  } catch (error) {
    if (error instanceof ProcedureError) throw new CliError('usage', error.message, { inner: error.code, cause: error })
    throw error
  }
}

async function showDue(session: Session, options: ReportOptions): Promise<Result> {
  const { record, due, moves } = await matterOf(session, options)
  const { acrossEmbargo, crossingDuties, momentText, nextDue } = await procedureRoom()
  const next = nextDue(due)
  const { embargoEndsAt: end } = record
  const across = end === undefined ? [] : acrossEmbargo(due, end)
  const own = session.profileIfClear?.urn
  const others = crossingDuties(moves, session.context.now()).filter(({ party }) => party !== own)
  const conflict =
    end === undefined || across.length === 0
      ? undefined
      : `The embargo ends ${momentWords(momentText(end, { zone: 'UTC' }))}. Due before, and no breach of it: ${across.map(nameOf).join(', ')}. Tell the coordinator, who tells all by the move note-conflict.`
  const head =
    next === undefined
      ? 'Nothing is due: no clock of these laws has begun, or all was sent.'
      : `Due next: ${nameOf(next)}, until ${momentWords(next.deadline ?? '')}.`
  return {
    text: [
      wrap(`About: ${record.subject}`),
      wrap(head),
      ...(conflict === undefined ? [] : [wrap(conflict)]),
      ...others.map(({ party, duties, unknown }) =>
        wrap(
          `Cuts across it for ${short(party)}: ${[...duties.map(nameOf), ...unknown.map((law) => `${law} (no profile)`)].join(', ')}.`,
        ),
      ),
      ...due.map(dueText),
    ].join('\n\n'),
    json: {
      subject: record.subject,
      ...(next && { next: nameOf(next) }),
      ...(end !== undefined && { embargoEndsAt: end, acrossEmbargo: across.map(nameOf) }),
      ...(others.length > 0 && {
        others: others.map(({ party, duties, unknown }) => ({ party, reports: duties.map(nameOf), unknown })),
      }),
      reports: due.map(dueJson),
    },
  }
}

function nameOf({ law, duty }: Pick<DutyView, 'law' | 'duty'>): string {
  return `${law}/${duty}`
}

const standings: Readonly<Record<DutyView['standing'], string>> = {
  'not-begun': 'not begun',
  running: 'due',
  lapsed: 'LAPSED, not noted as sent',
  sent: 'sent',
  'sent-late': 'sent late',
}

function dueText(view: DutyView): string {
  const { title, standing, deadline, length, counts, definition, sentAt } = view
  const sent = sentAt === undefined ? '' : ` ${dateText(sentAt)}`
  const source = `${definition.source.text}${definition.source.verified ? '' : ' (unverified)'}`
  return entry(
    `${nameOf(view)}  ${title}`,
    `${standings[standing]}${sent}${deadline === undefined ? '' : `; until ${momentWords(deadline)}`}; ${length} from ${counts}`,
    `to ${definition.to}; ${source}`,
  )
}

function dueJson(view: DutyView): object {
  const { profile, definition, ...rest } = view
  const { article, to, source } = definition
  return { ...rest, report: nameOf(view), lawTitle: profile.law, binds: profile.binds, article, to, source }
}

async function prepare(session: Session, options: PrepareOptions, named?: string): Promise<Result> {
  const [law, duty] = named?.split('/', 2) ?? []
  if (named !== undefined && duty === undefined) {
    throw new CliError('usage', `"${named}" is no report: LAW/REPORT, as "comity report due" names them`)
  }
  if (options.out !== undefined) checkFree(session.path(options.out), options.force)
  const matter = await matterOf(session, options, law)
  const { nextDue, reportText } = await procedureRoom()
  const draft = await draftFor(session, matter, named === undefined ? nextDue(matter.due) : { law, duty })
  const text = reportText(draft)
  if (options.out === undefined) return { text: text.trimEnd(), json: draft }
  const path = session.path(options.out)
  writeFile(path, options.out.endsWith('.json') ? `${JSON.stringify(draft, undefined, 2)}\n` : text, options.force)
  const missing =
    draft.missing.length === 0 ? 'nothing that it demands is missing' : `missing: ${draft.missing.join(', ')}`
  return { text: wrap(`${draft.title}: draft written to ${options.out}; ${missing}.`), json: draft }
}

async function draftFor(
  session: Session,
  { record, place }: Matter,
  which: { readonly law?: string | undefined; readonly duty?: string | undefined } | undefined,
): Promise<ReportDraft> {
  if (which === undefined) {
    throw new CliError(
      'usage',
      'nothing is due: name a report, LAW/REPORT, or say with --aware, --exploited, --incident or --remedy what happened',
    )
  }
  const { prepareReport, ProcedureError } = await procedureRoom()
  try {
    return prepareReport(which.law ?? '', which.duty ?? '', record, session.context.now(), place)
  } catch (error) {
    if (error instanceof ProcedureError) throw new CliError('usage', error.message, { inner: error.code, cause: error })
    throw error
  }
}
