import { count, field, item, wrap } from './columns.ts'
import type { Difference } from './difference.ts'
import type { AuditReport } from './report.ts'

/**
 * The report for people, in plain text of at most 80 columns: what was audited, what was compared, what came out, whose
 * word it rests on.
 */
export function auditSummary(report: AuditReport): string {
  return inBlocks([
    heading(report),
    figures(report),
    differences(report),
    unchecked(report),
    unfounded(report),
    trusted(report),
  ])
}

/** Blocks of lines with an empty line between them. */
export function inBlocks(blocks: readonly (readonly string[])[]): string {
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function heading(report: AuditReport): string[] {
  const says = {
    equal: 'EQUAL: everything in this log was computed again, and nothing differs.',
    partly: 'EQUAL, AS FAR AS IT GOES: nothing differs, and not everything could be compared.',
    different: `DIFFERENT: ${count(report.differenceCount, 'thing is', 'things are')} not as the log's own rules say.`,
  }
  return [...wrap(says[report.verdict]), '', ...place(report)]
}

/** Which log it is. */
export function place(report: AuditReport): string[] {
  return [
    ...field('Log', report.origin),
    ...field('Keeper', report.keeperName === '' ? 'not known' : report.keeperName),
    ...field('Party', report.keeper),
    ...field('Read from', report.source),
  ]
}

/** What was compared. */
export function figures(report: AuditReport): string[] {
  const { times, findings, documents } = report
  const kinds = Object.entries(report.kinds).map(([kind, n]) => `${kind} ${n.toLocaleString('en')}`)
  return [
    ...field(
      'Entries',
      `${report.read.toLocaleString('en')} of ${report.size.toLocaleString('en')}, by ${count(report.parties, 'party', 'parties')}`,
    ),
    ...field('Kinds', kinds.join(', ')),
    ...field('Signatures', `${report.signatures.toLocaleString('en')} verified, each under the key it names`),
    ...field('Tree', treeText(report)),
    ...field('Time', `${date(times.first)} to ${date(times.last)}; ${timeText(report)}`),
    ...(report.kinds['move'] === undefined ? [] : field('Calendars', calendarText(report))),
    ...field(
      'Findings',
      findings.published === 0
        ? 'none published'
        : `${findings.recomputed} of ${findings.published} published ones computed again${laterText(findings)}`,
    ),
    ...report.along.flatMap(({ origin, source, size, remarks }) => {
      const odd = remarks === 0 ? '' : `, ${count(remarks, 'of them', 'of them')} against its own rules and void`
      return field('Read along', `${count(size, 'entry', 'entries')} of ${origin} from ${source}${odd}`)
    }),
    ...report.copies.flatMap(({ origin, entries, tiles }) => {
      const compared = `${count(entries, 'entry', 'entries')} and ${count(tiles, 'tile', 'tiles')}`
      return field('Copy kept', `of ${origin}: ${compared} compared with that log`)
    }),
    ...(report.bonds.checked + report.bonds.open > 0
      ? field(
          'Bonds',
          `${report.bonds.checked} of ${count(report.bonds.checked + report.bonds.open, 'statement', 'statements')} that name something in another log compared with that log`,
        )
      : []),
    ...(documents.checked + documents.missing > 0
      ? field(
          'Documents',
          `${documents.checked} read and hashed, ${documents.missing} missing, ${documents.withheld} withheld`,
        )
      : []),
    ...(report.pending > 0
      ? field(
          'Waiting',
          `${count(report.pending, 'statement', 'statements')} for further signatures of their own party`,
        )
      : []),
    ...(report.kept + report.receipts > 0
      ? field(
          'Promises',
          `${count(report.kept, 'kept paper', 'kept papers')} and ${count(report.receipts, 'receipt', 'receipts')} compared with the log`,
        )
      : []),
    ...field('Took', tookText(report.seconds)),
  ]
}

/** What deadlines were counted by: another version may end one on another day. */
function calendarText({ calendars: { zones, holidays } }: AuditReport): string {
  return `deadlines of cases by time zones ${zones}, holidays of ${holidays}`
}

/** How long it took. */
export function tookText(seconds: number): string {
  return `${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`
}

function laterText({ later = 0 }: AuditReport['findings']): string {
  if (later === 0) return ''
  return `; ${later} came out while this audit ran, over more of other logs than it had read`
}

function treeText(report: AuditReport): string {
  const tiles = report.tiles === 0 ? 'no stored hashes to compare' : `${count(report.tiles, 'tile', 'tiles')} compared`
  return `hashed again, ${tiles}; root ${report.root.slice(0, 'sha256:'.length + 16)}…`
}

function timeText({ times, witnesses }: AuditReport): string {
  if (witnesses.length === 0) return 'on the word of the keeper alone: no trust policy was given'
  const { bounded, claimed, contested } = times
  return `${bounded} entries confirmed by your witnesses, ${claimed} on the keeper's word, ${contested} outside what witnesses say`
}

/** What differs. */
export function differences(report: AuditReport): string[] {
  if (report.differenceCount === 0) return []
  const shown = report.differences.slice(0, 20)
  const more = report.differenceCount - shown.length
  return [
    'What differs:',
    ...shown.flatMap((each, i) => item(`${i + 1}. `, describe(each))),
    ...(more > 0 ? [`   … and ${more.toLocaleString('en')} more (the report in JSON lists the first hundred)`] : []),
  ]
}

function describe({ code, where, what, reason, expected, found }: Difference): string {
  const named = reason === undefined ? code : `${code}/${reason}`
  const values = expected === undefined ? '' : ` Expected ${expected}, found ${found ?? 'nothing'}.`
  return `${where}: ${what}. [${named}]${values}`
}

/** What could not be compared. */
export function unchecked(report: AuditReport): string[] {
  if (report.uncheckedCount === 0) return []
  return [
    'What could not be compared:',
    ...report.unchecked.slice(0, 10).flatMap(({ where, what, code }) => item('- ', `${where}: ${what}. [${code}]`)),
    ...(report.uncheckedCount > 10 ? [`   … and ${report.uncheckedCount - 10} more`] : []),
  ]
}

/** What parties said of other logs that is not so. */
export function unfounded({ bonds }: AuditReport): string[] {
  const { length } = bonds.unfounded
  if (length === 0) return []
  return [
    'What parties state of other logs, which those do not bear out (no effect):',
    ...bonds.unfounded
      .slice(0, 10)
      .flatMap(({ where, party, what }) => item('- ', `${where}, by ${party.slice(-64).slice(0, 8)}…: ${what}.`)),
    ...(length > 10 ? [`   … and ${length - 10} more`] : []),
  ]
}

/** An audit that does not say what it cannot see invites more trust than it deserves. */
function trusted(report: AuditReport): string[] {
  const own =
    report.kept === 0
      ? ' Keep the checkpoint of this report and give it to the next audit: only so can a log that shows different people different entries be caught.'
      : ''
  return [
    'What this rests on:',
    ...item('- ', 'The arithmetic of signatures and hashes. No server was believed, this one included.'),
    ...item(
      '- ',
      `That ${report.keeper === '' ? 'the keeper' : 'the party above'} is who you think it is: compare its name with what its own publications say.`,
    ),
    ...item('- ', `That others are shown the same log.${own}`),
  ]
}

function date(seconds: number): string {
  return seconds === 0 ? 'never' : `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
