/** A test of points of contact in words: who answered when, and what of it is as the directory had it. */
import type { PingView } from '@comity/contract'
import { short } from '../names.ts'
import { dateText, plain } from '../terminal/text.ts'
import { entry, entryFields } from './entry.ts'
import { momentAt } from './zone.ts'

type Answer = PingView['answers'][number]
type Likeness = NonNullable<Answer['compared']>['hours']

const standings: Readonly<Record<Answer['standing'], string>> = {
  'in-time': 'answered in time',
  late: 'answered late',
  awaited: 'not answered yet',
  none: 'has not answered',
}

/** One item for each participant. `nameOf` says who a party is. */
export function pingLines(
  { function: office, answers }: PingView,
  { zone, nameOf }: { readonly zone: string; readonly nameOf: (party: Answer['party']) => string },
): readonly string[] {
  return answers.map((each) => {
    const { party, standing, answer, directory } = each
    const when = answer === undefined ? '' : `, ${momentAt(answer.statement.at, zone)}`
    const head = `${nameOf(party)}: ${standings[standing]}${when}`
    if (directory === 'listed') return [entry(head), entryFields(rowsOf(each))].join('\n')
    const why =
      directory === 'none'
        ? `it had no ${office} contact in the directory when it was asked`
        : 'whether it had such a contact is not seen here: no log in which it is at home is followed'
    const said = entryFields(saidRows(each))
    return [entry(head, why), ...(said === '' ? [] : [said])].join('\n')
  })
}

type Row = readonly [string, string | undefined]

function saidRows({ answer }: Answer): readonly Row[] {
  return [
    ['hours', answer?.hours === undefined ? undefined : plain(answer.hours)],
    ['language', answer?.language],
    ['key', answer?.key?.slice(0, 16)],
  ]
}

function rowsOf({ answer, contacts, compared, listedBy }: Answer): readonly Row[] {
  const hours = contacts.flatMap((each) => each.hours ?? []).map(plain)
  const languages = [...new Set(contacts.flatMap((each) => each.languages ?? []))]
  const keys = contacts.flatMap((each) => each.key?.slice(0, 16) ?? [])
  const likeness = compared ?? { hours: 'not-said', language: 'not-said', key: 'not-said' }
  return [
    ['hours', besideText(answer?.hours && plain(answer.hours), hours.join('; '), likeness.hours)],
    ['language', besideText(answer?.language, languages.join(', '), likeness.language)],
    ['key', besideText(answer?.key?.slice(0, 16), keys.join(', '), likeness.key)],
    ['listed', listedBy === undefined ? undefined : `since ${dateText(listedBy.at)}, statement ${short(listedBy.id)}`],
  ]
}

/** `all day; listed: 24/7`, `en, as listed: en, fr`; undefined where neither says anything. */
function besideText(said: string | undefined, listed: string, likeness: Likeness): string | undefined {
  switch (likeness) {
    case 'as-listed':
      return said === listed ? `${said}, as listed` : `${said}, as listed: ${listed}`
    case 'differs':
      return `${said}; listed otherwise: ${listed}`
    case 'not-listed':
      return `${said}; none is listed`
    case 'not-said':
      return listed === '' ? undefined : `not said; listed: ${listed}`
  }
}
