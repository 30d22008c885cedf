import { count, field, item } from './audit/columns.ts'
import type { ChangedFinding, Changes, Moment } from './changes.ts'

/** The changes for people, in plain text of at most 80 columns. */
export function changesSummary({
  origin,
  from,
  to,
  kinds,
  statements,
  omitted,
  findings,
  partiesOmitted,
}: Changes): string {
  const kindTexts = Object.entries(kinds).map(([kind, n]) => `${kind} ${n.toLocaleString('en')}`)
  const shown = statements.slice(0, 20)
  const hidden = omitted + statements.length - shown.length
  const blocks = [
    [
      ...field('Log', origin),
      ...field('From', momentText(from)),
      ...field('To', momentText(to)),
      ...field('Took effect', kindTexts.length === 0 ? 'nothing' : kindTexts.join(', ')),
    ],
    shown.length === 0
      ? []
      : [
          'Newest statements:',
          ...shown.flatMap(({ at, kind, partyName, party, index }) =>
            item('- ', `${isoMinute(at)} ${kind} by ${partyName || party}, entry ${index}`),
          ),
          ...(hidden > 0 ? [`  … and ${hidden.toLocaleString('en')} more`] : []),
        ],
    findings.length === 0
      ? ['No finding changed.']
      : [
          'Findings that changed:',
          ...findings.flatMap(({ partyName, party, provision, before, after }) =>
            item('- ', `${partyName || party}, ${provision}: ${findingText(before)} → ${findingText(after)}`),
          ),
          ...(partiesOmitted > 0 ? [`  … and those of ${count(partiesOmitted, 'more party', 'more parties')}`] : []),
        ],
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function momentText({ asked, at, size }: Moment): string {
  if (size === 0) return `${isoMinute(asked)}: the log had not begun`
  return `${isoMinute(asked)}: ${count(size, 'entry', 'entries')}, the last batch of ${isoMinute(at)}`
}

function isoMinute(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function findingText(finding: ChangedFinding['before']): string {
  if (finding === undefined) return 'not bound'
  return [finding.level ?? 'on record', ...finding.flags].join(', ')
}
