/** In which order moves of several logs are taken over, and which of them at once. */
import type { Filing } from './filings.ts'

/** Moves that are brought to the log at once. */
const waveMost = 64

/** By when their logs had them. In one log that is its order; of one second of two logs, by their names. */
export function inOrder(one: Filing, other: Filing): number {
  if (one.at !== other.at) return one.at - other.at
  if (one.origin === other.origin) return one.effective - other.effective
  return one.origin < other.origin ? -1 : 1
}

/** What was read of one log; `seenTo` where it has more. */
interface Look {
  readonly filings: readonly Filing[]
  readonly seenTo: number | undefined
}

/**
 * Which filings are due. Where a log has more than was read of it, what others have filed since then waits until that is
 * read too.
 */
export function dueIn(looks: readonly Look[]): (filing: Filing) => boolean {
  const ends = looks.flatMap(({ filings, seenTo }) => (seenTo === undefined ? [] : (filings.at(-1) ?? [])))
  const [end] = ends.toSorted(inOrder)
  return end === undefined ? () => true : ({ at, origin }) => at < end.at || origin === end.origin
}

export interface Waves {
  /** Can be taken over at once: of one party and of one case no more than one, the first that is left. */
  readonly wave: readonly Filing[]
  /** Come after those. */
  readonly rest: readonly Filing[]
  /** Come after an earlier one of their author in the same case, which waits. */
  readonly held: readonly Filing[]
}

/** What to take over next, so that moves of a case come in the order in which they were filed. */
export function nextWave(left: readonly Filing[], waiting: readonly Filing[]): Waves {
  const isWaiting = new Set(waiting.map(authorIn))
  const busy = new Set<string>()
  const wave: Filing[] = []
  const rest: Filing[] = []
  const held: Filing[] = []
  for (const filing of left) {
    if (isWaiting.has(authorIn(filing))) {
      held.push(filing)
      continue
    }
    const isFree = wave.length < waveMost && !busy.has(filing.urn) && !busy.has(filing.by)
    if (isFree) wave.push(filing)
    else rest.push(filing)
    busy.add(filing.urn).add(filing.by)
  }
  return { wave, rest, held }
}

function authorIn({ urn, by }: Filing): string {
  return `${urn} ${by}`
}
