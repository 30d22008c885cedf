/** `comity report`: what laws demand to be reported, until when, and drafts of it for an officer to sign. */
import { ClientError } from '@comity/contract'
import type { DueReport, DueReports, ReportDraft } from '@comity/procedures'
import type { Command } from 'commander'
import { entry } from '../cases/entry.ts'
import { momentWords } from '../cases/moment-words.ts'
import { caseClient } from '../cases/private-move.ts'
import { procedureRoom } from '../cases/procedure-desk.ts'
import { CliError } from '../cli-error.ts'
import type { Result } from '../context.ts'
import { checkFree, writeFile } from '../output-file.ts'
import { short } from '../names.ts'
import { collect, example, type Register } from '../registrar.ts'
import type { Session } from '../session.ts'
import { dateText, plain, wrap } from '../terminal/text.ts'
import { isOnRecord, matterFrom, offRecord, type ReportOptions } from './report-input.ts'

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

/** By the node where anything on record is asked for, else here: by the same function. */
async function dueIn(session: Session, options: ReportOptions): Promise<DueReports> {
  const { dueReports } = await procedureRoom()
  const matter = await matterFrom(session, options)
  return asked(async () => {
    if (!isOnRecord(matter)) return dueReports(offRecord(matter), session.context.now())
    return (await caseClient(session)).reports.due(matter)
  })
}

async function draftIn(session: Session, options: ReportOptions, report?: string): Promise<ReportDraft> {
  const { draftReport } = await procedureRoom()
  const matter = await matterFrom(session, options)
  return asked(async () => {
    if (!isOnRecord(matter)) return draftReport(offRecord(matter), session.context.now(), report)
    return (await caseClient(session)).reports.prepare({ ...matter, ...(report !== undefined && { report }) })
  })
}

/** What is wrong with what was asked, in the words of this command. */
const usage: Readonly<Record<string, string | undefined>> = {
  'no-law': 'no law is named: say with --law which bind you, of those in "comity report laws"',
  'nothing-due':
    'nothing is due: name a report, LAW/REPORT, or say with --aware, --exploited, --incident or --remedy what happened',
  'unknown-profile': undefined,
  'unknown-place': undefined,
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  const { ProcedureError } = await procedureRoom()
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ProcedureError || error instanceof ClientError)) throw error
    if (!Object.hasOwn(usage, error.code)) throw error
    throw new CliError('usage', usage[error.code] ?? error.message, { inner: error.code, cause: error })
  }
}

async function showDue(session: Session, options: ReportOptions): Promise<Result> {
  const due = await dueIn(session, options)
  const { momentText } = await procedureRoom()
  const { subject, next, embargoEndsAt: end, acrossEmbargo: across = [], others = [], reports } = due
  const conflict =
    end === undefined || across.length === 0
      ? undefined
      : `The embargo ends ${momentWords(momentText(end, { zone: 'UTC' }))}. Due before, and no breach of it: ${across.join(', ')}. Tell the coordinator, who tells all by the move note-conflict.`
  const deadline = reports.find(({ report }) => report === next)?.deadline
  const head =
    next === undefined
      ? 'Nothing is due: no clock of these laws has begun, or all was sent.'
      : `Due next: ${next}, until ${momentWords(deadline ?? '')}.`
  return {
    text: [
      wrap(`About: ${plain(subject)}`),
      wrap(head),
      ...(conflict === undefined ? [] : [wrap(conflict)]),
      ...others.map(({ party, reports: names, unknown }) =>
        wrap(
          `Cuts across it for ${short(party)}: ${[...names, ...unknown.map((law) => `${plain(law)} (no profile)`)].join(', ')}.`,
        ),
      ),
      ...reports.map(dueText),
    ].join('\n\n'),
    json: due,
  }
}

const standings: Readonly<Record<DueReport['standing'], string>> = {
  'not-begun': 'not begun',
  running: 'due',
  lapsed: 'LAPSED, not noted as sent',
  sent: 'sent',
  'sent-late': 'sent late',
}

function dueText(due: DueReport): string {
  const { report, title, standing, deadline, length, counts, source, sentAt, to } = due
  const sent = sentAt === undefined ? '' : ` ${dateText(sentAt)}`
  return entry(
    `${report}  ${title}`,
    `${standings[standing]}${sent}${deadline === undefined ? '' : `; until ${momentWords(deadline)}`}; ${length} from ${counts}`,
    `to ${to}; ${source.text}${source.verified ? '' : ' (unverified)'}`,
  )
}

async function prepare(session: Session, options: PrepareOptions, named?: string): Promise<Result> {
  if (named !== undefined && !/^[a-z0-9-]{1,40}\/[a-z0-9-]{1,60}$/.test(named)) {
    throw new CliError('usage', `"${named}" is no report: LAW/REPORT, as "comity report due" names them`)
  }
  if (options.out !== undefined) checkFree(session.path(options.out), options.force)
  const draft = await draftIn(session, options, named)
  const { reportText } = await procedureRoom()
  const text = reportText(draft)
  if (options.out === undefined) return { text: text.trimEnd(), json: draft }
  const path = session.path(options.out)
  writeFile(path, options.out.endsWith('.json') ? `${JSON.stringify(draft, undefined, 2)}\n` : text, options.force)
  const missing =
    draft.missing.length === 0 ? 'nothing that it demands is missing' : `missing: ${draft.missing.join(', ')}`
  return { text: wrap(`${draft.title}: draft written to ${options.out}; ${missing}.`), json: draft }
}
