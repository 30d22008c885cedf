/** What a private case shows beside what every case does: how each of many stands, and whether the seat's order holds. */
import type { CaseResponse } from '@comity/contract'
import { short } from '../names.ts'
import { plain, plural } from '../terminal/text.ts'
import { momentWords } from './moment-words.ts'
import { entry } from './entry.ts'

type Standings = NonNullable<CaseResponse['standings']>[number]
type Standing = Standings['parties'][number]

/** Parties that are shown of a role. */
const shownMost = 20

/** Lines for each role of many: silence is shown as silence. */
export function standingLines(standings: readonly Standings[], nameOf: (party: Standing) => string): readonly string[] {
  return standings.flatMap(({ role, count, silent, parties }) => {
    const left = count - Math.min(count, shownMost)
    return [
      entry(`${role}: ${count}, of which ${silent} silent`),
      ...parties.slice(0, shownMost).map((each) => entry(nameOf(each), wordsOf(each))),
      ...(left > 0 ? [entry(`and ${left} more: --json has the first 50`)] : []),
    ]
  })
}

function wordsOf({ said, silent, clocks }: Standing): string {
  const words = Object.entries(said).map(([name, value]) => `${name}: ${plain(valueText(value))}`)
  const running = clocks.map(({ title, standing, deadline }) => `${title}: ${standing}, ${momentWords(deadline)}`)
  return [silent ? 'silent: it has said nothing so far' : words.join('; '), ...running].join('\n')
}

function valueText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, each]) => `${name} ${typeof each === 'object' ? JSON.stringify(each) : String(each)}`)
    .join(', ')
}

/** What is wrong with the order of the seat; nothing where it holds. */
export function chainLines(chain: CaseResponse['chain']): readonly string[] {
  if (chain === undefined) return []
  const { fork, fault, unverified } = chain
  return [
    ...(fork === undefined
      ? []
      : [
          entry(
            `The seat has signed two orders that cannot both stand: ${short(fork.order)}`,
            'both are kept as evidence',
          ),
        ]),
    ...(fault === undefined
      ? []
      : [
          entry(
            `The seat took what the procedure does not allow: ${short(fault.order)}`,
            `${plain(fault.detail)} [${fault.code}]`,
          ),
        ]),
    ...(unverified === 0
      ? []
      : [entry(`${plural(unverified, 'move')} by authors whose home log your node does not know: the seat vouches`)]),
  ]
}
