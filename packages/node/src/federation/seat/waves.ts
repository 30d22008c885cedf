import type { Filing } from './filings.ts'

/** Moves that are brought to the log at once. */
const waveMost = 64

export interface Waves {
  /** Can be taken over at once: of one party and of one case no more than one, the first that is left. */
  readonly wave: readonly Filing[]
  /** Come after those. */
  readonly rest: readonly Filing[]
  /** Of a case in which an earlier move waits: they wait with it. */
  readonly held: readonly Filing[]
}

/** What to take over next, so that moves of a case come in the order in which they were filed. */
export function nextWave(left: readonly Filing[], waiting: readonly Filing[]): Waves {
  const waitingCases = new Set(waiting.map(({ urn }) => urn))
  const busy = new Set<string>()
  const wave: Filing[] = []
  const rest: Filing[] = []
  const held: Filing[] = []
  for (const filing of left) {
    if (waitingCases.has(filing.urn)) {
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
