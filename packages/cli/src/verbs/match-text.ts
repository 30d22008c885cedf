/** One match for people: all that is said of it, why, what it weighs, and what it was before. */
import type { MatchResponse } from '@comity/contract'
import { dateText, fields, plain, wrap } from '../terminal/text.ts'
import { citedText, groupText, reasonOf, stateWords } from './matches-text.ts'

const causes = {
  inventory: 'the inventory',
  advisory: 'an advisory',
  answer: 'your own word',
  trust: 'whom you believe as supplier',
} as const

/** `own`: the origin of the node's own log. */
export function matchInFull(match: MatchResponse, own: string): string {
  const { vulnerability, advisory, others, history, since, cause, by, alertedAt } = match
  const said = [advisory, ...others].map((each) =>
    [citedText(each, own), fields([['  says', reasonOf(each.why)]])].join('\n'),
  )
  return [
    groupText({ vulnerability, first: match, matches: [match] }, own),
    fields([
      ['since', `${dateText(since)}, brought by ${causes[cause]}`],
      ['decided', by === 'operator' ? 'by you' : by === 'supplier' ? 'by its supplier' : 'by what advisories say'],
      ['alerted', alertedAt === undefined ? 'never' : dateText(alertedAt)],
      ['names', vulnerability.names.map(plain).join(', ')],
    ]),
    'What each says',
    ...said,
    ...(history.length === 0 ? [] : ['What it was before', ...history.map(before)]),
  ].join('\n\n')
}

function before({ state, since, cause, why }: MatchResponse['history'][number]): string {
  const head = `${dateText(since)}  ${stateWords[state]}, brought by ${causes[cause]}`
  return [wrap(head, { indent: '  ' }), wrap(reasonOf(why), { indent: '    ' })].join('\n')
}
