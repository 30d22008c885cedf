import { count, field, item, wrap } from './columns.ts'
import type { LogsReport } from './report.ts'
import { differences, figures, inBlocks, place, tookText, unchecked, unfounded } from './summary.ts'

/** The report on several logs for people, in plain text of at most 80 columns: all together, then each. */
export function logsSummary(report: LogsReport): string {
  const { logs } = report
  return inBlocks([
    heading(report),
    ...logs.flatMap((log, i) => [
      [...wrap(`${i + 1}. ${verdictText[log.verdict]}`), '', ...place(log)],
      // How long it took is said of all together.
      figures(log).filter((line) => !line.startsWith('Took ')),
      differences(log),
      unchecked(log),
      unfounded(log),
    ]),
    trusted(),
  ])
}

const verdictText = { equal: 'Equal', partly: 'Equal, as far as it goes', different: 'DIFFERENT' } as const

function heading({ verdict, logs, forks, differenceCount, seconds }: LogsReport): string[] {
  const each = count(logs.length, 'log', 'logs')
  const says = {
    equal: `EQUAL: ${each} computed again, each by itself and against the others, and nothing differs.`,
    partly: `EQUAL, AS FAR AS IT GOES: nothing differs in ${each}, and not everything could be compared.`,
    different: `DIFFERENT: ${count(differenceCount, 'thing is', 'things are')} not as the rules of these ${each} say.`,
  }
  const entries = logs.reduce((sum, { read }) => sum + read, 0)
  return [
    ...wrap(says[verdict]),
    '',
    ...field('Logs', `${each} with ${count(entries, 'entry', 'entries')}, read together in ${tookText(seconds)}`),
    ...forks.flatMap(({ origin, seen }) =>
      field('FORKED', `${origin}: two signed checkpoints contradict each other, seen at ${seen.join(' and ')}`),
    ),
  ]
}

function trusted(): string[] {
  return [
    'What this rests on:',
    ...item('- ', 'The arithmetic of signatures and hashes. No server was believed, these included.'),
    ...item(
      '- ',
      'That the parties above are who you think they are: compare their names with what their own publications say.',
    ),
    ...item(
      '- ',
      'That others are shown the same logs. What these nodes keep of each other was compared; keep the checkpoints of this report and give them to the next audit all the same, for nodes may lie together.',
    ),
  ]
}
