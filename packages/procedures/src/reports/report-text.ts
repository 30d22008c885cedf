import { momentText } from '../clocks/end.ts'
import type { FactSource } from './record.ts'
import type { ReportDraft, ReportItem } from './prepare-report.ts'

const width = 80
const indent = '  '

/** How its clock stands, for whoever signs. */
const standings: Readonly<Record<ReportDraft['standing'], string>> = {
  'not-begun': 'its clock has not begun',
  running: 'due',
  lapsed: 'was due, and is not noted as sent',
  sent: 'noted as sent in time',
  'sent-late': 'noted as sent after its time',
}

/** A draft as plain text, at most 80 columns wide. Whatever others wrote stands in it without control characters. */
export function reportText(draft: ReportDraft): string {
  const { title, lawTitle, article, to, source, remark, standing, counts, length, deadline, missing } = draft
  const when = deadline === undefined ? '' : `, ${deadline}`
  const lines = [
    'DRAFT, prepared from the record: read, complete and sign it. Nothing was sent.',
    '',
    ...wrapped(title),
    ...wrapped(`${lawTitle}, ${article}`),
    ...(source.verified ? [] : wrapped('The project has not read this law itself: check it (unverified).')),
    '',
    ...wrapped(`To: ${to}`),
    ...wrapped(`About: ${draft.subject}`),
    ...wrapped(`Time: ${standings[standing]}${when}; ${length} from ${counts}`),
    ...draft.happened.flatMap(({ title: what, at, source: from }) =>
      wrapped(`Since: ${momentText(at, { zone: 'UTC' })}, ${what} [${sourceText(from)}]`),
    ),
    ...(remark === undefined ? [] : wrapped(`Note: ${remark}`)),
    '',
    ...draft.items.flatMap(itemLines),
    ...wrapped(
      missing.length === 0
        ? 'The record has something on each part that the law demands.'
        : `The record says nothing of: ${missing.join(', ')}. Nobody filled that in.`,
    ),
    '',
    'Signed for the party by: ____________________   at: ____________________',
  ]
  return `${lines.join('\n')}\n`
}

function itemLines({ title, need, facts, isGap }: ReportItem): readonly string[] {
  const asked = need === 'demanded' ? 'demanded' : 'where available'
  return [
    ...wrapped(`${title} (${asked})`),
    ...(isGap
      ? [`${indent}[nothing on record]`]
      : facts.flatMap(({ text, source }) => [
          ...wrapped(text, indent),
          ...wrapped(`[${sourceText(source)}]`, `${indent}${indent}`),
        ])),
    '',
  ]
}

/** `statement 1f3a9c5d2b7e8f60 /title`: where a fact can be looked up. */
export function sourceText(source: FactSource): string {
  if (source.in === 'word') return 'the officer’s word'
  const what = source.in === 'statement' ? 'statement' : 'move'
  return `${what} ${source.id.slice(0, 16)}${source.pointer === '' ? '' : ` ${source.pointer}`}`
}

/** Lines of at most 80 columns; a word that is longer than one is cut where the line ends. */
function wrapped(text: string, before = ''): readonly string[] {
  const room = width - before.length
  const lines: string[] = []
  for (const paragraph of safe(text).split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ').flatMap((each) => pieces(each, room))) {
      if (line !== '' && columns(line) + 1 + columns(word) > room) {
        lines.push(line)
        line = word
      } else {
        line = line === '' ? word : `${line} ${word}`
      }
    }
    lines.push(line)
  }
  return lines.map((line) => `${before}${line}`.trimEnd())
}

function pieces(word: string, room: number): readonly string[] {
  const found: string[] = []
  let piece = ''
  for (const character of word) {
    if (columns(piece) + columns(character) > room) {
      found.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...found, piece]
}

/** Characters outside ASCII may take two columns: counted so, no line is too long anywhere. */
function columns(text: string): number {
  let count = 0
  // oxlint-disable-next-line no-control-regex
  for (const character of text) count += /^[\u0000-\u02ff\u0370-\u058f\u2010-\u2027]$/.test(character) ? 1 : 2
  return count
}

/** Without characters that steer a terminal or turn the direction of what follows. */
function safe(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu, ' ')
}
