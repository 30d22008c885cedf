import type { Ref } from './facts.ts'

/** How firmly a requirement holds; `contested`: it holds, but only on contested statements. */
export type Standing = 'unmet' | 'contested' | 'met'

const strength: Readonly<Record<Standing, number>> = { unmet: 0, contested: 1, met: 2 }

/** A chain is as firm as its weakest link. */
export function weakest(standings: readonly Standing[]): Standing {
  return standings.reduce((a, b) => (strength[a] <= strength[b] ? a : b), 'met')
}

/** One firm thing is enough where any will do. */
export function strongest(standings: readonly Standing[]): Standing {
  return standings.reduce((a, b) => (strength[a] >= strength[b] ? a : b), 'unmet')
}

/** How a statement stands by itself. */
export function standingOf(ref: Ref): Standing {
  return ref.contested ? 'contested' : 'met'
}
