import type { PartyType } from './party-type.ts'

export type InstrumentId = 'code' | 'gids'

export const provisionIds = [
  'code-a',
  'code-b',
  'code-c',
  'code-d',
  'code-e',
  'code-f',
  'code-g',
  'code-h',
  'code-i',
  'code-j',
  'code-k',
  'gids-1',
  'gids-2',
  'gids-3',
  'gids-4',
  'gids-5',
  'gids-6',
  'gids-7',
  'gids-8',
  'gids-9',
] as const

export type ProvisionId = (typeof provisionIds)[number]

/**
 * How a provision is shown.
 *
 * - `to-do`: there is something to carry out, so findings climb a ladder.
 * - `not-to-do`: the pledge is to abstain; findings show cases with their replies, never a level.
 * - `both`: a ladder for the part to carry out, cases for the part to abstain from.
 */
export type Duty = 'to-do' | 'not-to-do' | 'both'

/** Where the words are: the letter, the place in its annex, the document symbol. */
export interface Citation {
  readonly letter: string
  readonly place: string
  /** The United Nations document symbol; absent as long as nobody has verified it. */
  readonly symbol?: string
  /** The three above in one line, for print. */
  readonly text: string
}

/** One paragraph of an instrument, and what the project makes of it. */
export interface Provision {
  readonly id: ProvisionId
  readonly instrument: InstrumentId
  readonly citation: Citation
  readonly title: string
  readonly binds: readonly PartyType[]
  readonly duty: Duty
  /** What the paragraph asks, in the project's own words. It replaces no reading of the text itself. */
  readonly summary: string
  /** What Comity does about it. */
  readonly does: string
  /** What stands on record about a party. */
  readonly onRecord: string
}
