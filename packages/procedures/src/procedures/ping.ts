/**
 * A test of points of contact as people read it: who answered when, and what the answer says beside what the directory of
 * contacts said when it was asked. An observation and no verdict: nothing follows from it, and no finding rests on it.
 */
import type { Contact } from '@comity/statement'
import { type Case, deadlineOf } from '../case.ts'
import type { Filing } from '../standing-with.ts'

/** How one participant of a ping stands: what its answer was filed with in time, late, not yet, or not at all. */
export interface PingResult {
  readonly party: string
  readonly standing: 'in-time' | 'late' | 'awaited' | 'none'
  readonly answeredAt?: number
  /** Id of the statement with which it answered first in this round. */
  readonly statement?: string
}

/**
 * Who has answered the latest round of a ping, as a table for people; in the order in which they were named.
 *
 * @param answers moves `answer` of the case, as the home logs of their authors or the seat have them
 * @param at seconds since the epoch
 */
export function pingResults(of: Case, answers: readonly Filing[], at: number): readonly PingResult[] {
  const round = of.clocks['answers']
  if (round === undefined) return []
  const deadline = deadlineOf(round)
  return (of.roles['participant'] ?? []).map((party) => {
    const [first] = answers
      .filter(
        ({ name, by, filedAt }) => name === 'answer' && by === party && filedAt >= round.startedAt && filedAt <= at,
      )
      .toSorted((one, other) => one.filedAt - other.filedAt || (one.statement < other.statement ? -1 : 1))
    if (first === undefined) return { party, standing: at > deadline ? 'none' : 'awaited' }
    const { filedAt: answeredAt, statement } = first
    return { party, standing: answeredAt <= deadline ? 'in-time' : 'late', answeredAt, statement }
  })
}

/** What an answer to a ping may say of the contact that gives it. */
export interface PingAnswer {
  readonly hours?: string
  readonly language?: string
  readonly key?: string
}

/**
 * What an answer says of one thing beside what was listed: `as-listed`; `differs`; `not-listed` where the directory says
 * nothing of it; `not-said` where the answer says nothing of it.
 */
export type Likeness = 'as-listed' | 'differs' | 'not-listed' | 'not-said'

export type PingComparison = Readonly<Record<keyof PingAnswer, Likeness>>

/**
 * An answer beside the contacts that its party had listed for that function. A party may list several: what any of them
 * says counts as listed. Hours are words and are compared as such, but for spaces, dashes and capitals; a language is
 * listed where its tag is, or one that it is a narrower form of: `en` covers `en-GB` (RFC 4647 §3.3.1).
 *
 * @param contacts those of the function that was tested, as they were listed when it was asked
 */
export function comparedWith(answer: PingAnswer, contacts: readonly Contact[]): PingComparison {
  const { hours, language, key } = answer
  return {
    hours: likeness(
      hours,
      contacts.flatMap((each) => each.hours ?? []),
      (listed, said) => plainHours(listed) === plainHours(said),
    ),
    language: likeness(
      language,
      contacts.flatMap((each) => each.languages ?? []),
      covers,
    ),
    key: likeness(
      key,
      contacts.flatMap((each) => each.key ?? []),
      (listed, said) => listed === said,
    ),
  }
}

function likeness(
  said: string | undefined,
  listed: readonly string[],
  isSame: (listed: string, said: string) => boolean,
): Likeness {
  if (said === undefined) return 'not-said'
  if (listed.length === 0) return 'not-listed'
  return listed.some((each) => isSame(each, said)) ? 'as-listed' : 'differs'
}

/** Without what nobody means when writing it: `Mon – Fri` is `mon-fri`. */
function plainHours(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\p{Pd}/gu, '-')
    .replaceAll(/\s+/gu, '')
}

/** Basic filtering of RFC 4647 §3.3.1: the range itself, or a tag that goes on behind it with a hyphen. */
export function covers(range: string, tag: string): boolean {
  const [wide, narrow] = [range.toLowerCase(), tag.toLowerCase()]
  return narrow === wide || narrow.startsWith(`${wide}-`)
}
