import { field, item } from './columns.ts'
import type { FileVerification, Step } from './verification.ts'

const kinds: Readonly<Record<FileVerification['kind'], string>> = {
  statement: 'a statement',
  'transparent-statement': 'a statement with receipts',
  receipt: 'a receipt',
  'tlog-proof': 'a proof that an entry is in a log',
  checkpoint: 'the checkpoint of a log',
  note: 'a signed note',
  disclosure: 'a sealed message that somebody discloses',
  equivocation: 'proof that a log contradicted itself',
  provenance: 'provenance: who built something, and how',
  unknown: 'nothing that is known here',
}

const verdicts: Readonly<Record<FileVerification['verdict'], string>> = {
  right: 'RIGHT: all that this file can show was checked, and holds.',
  wrong: 'WRONG: do not rely on this file.',
  incomplete: 'INCOMPLETE: nothing is wrong so far, and not everything could be checked.',
}

const marks: Readonly<Record<Step['outcome'], string>> = {
  right: '[right]     ',
  wrong: '[WRONG]     ',
  unchecked: '[unchecked] ',
  beyond: '[not here]  ',
}

/** The result for people, in plain text of at most 80 columns. */
export function verificationSummary({ kind, verdict, about, steps, restsOn }: FileVerification): string {
  const facts = Object.entries(about).filter(([, value]) => value !== '')
  const blocks = [
    [
      verdicts[verdict],
      '',
      ...field('File', kinds[kind]),
      ...facts.flatMap(([name, value]) => field(`${name[0]?.toUpperCase()}${name.slice(1)}`, harmless(value))),
    ],
    steps.flatMap(({ outcome, says, code }) =>
      item(marks[outcome], `${says}${code === undefined ? '' : ` [${code}]`}`),
    ),
    restsOn.length === 0 ? [] : ['This rests on the word of:', ...restsOn.flatMap((each) => item('- ', each))],
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

/** What somebody wrote, on one line: a message may hold anything, and must not steer a terminal. */
function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
}
