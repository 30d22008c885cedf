/** Clocks that a law sets to whoever makes a product or runs a service: data, one file for each law. */
import type { Citation } from '../../definition.ts'
import type { Length } from '../length.ts'
import type { Place } from '../place.ts'

/** Regional groups of the United Nations. */
export type Region = 'africa' | 'asia-pacific' | 'eastern-europe' | 'latin-america' | 'western-europe-and-others'

/** What the laws count from, as somebody notes it. */
export type Happening =
  /** It became aware of the vulnerability. */
  | 'awareAt'
  /** It became aware that somebody uses it. */
  | 'exploitedAt'
  /** It became aware of a severe incident. */
  | 'incidentAt'
  /** A corrective or mitigating measure is available. */
  | 'remedyAt'

/** What a report says, named alike for all laws. */
export type ContentName =
  | 'reporter'
  | 'contact'
  | 'product'
  | 'availability'
  | 'vulnerability'
  | 'severity'
  | 'impact'
  | 'exploit'
  | 'actor'
  | 'incident'
  | 'suspicion'
  | 'cause'
  | 'measures-taken'
  | 'measures-for-users'
  | 'remedy'
  | 'sensitivity'

/** One thing that a report has to say. */
export interface Content {
  readonly name: ContentName
  /** `demanded`: at least this; `where-available`: as far as one knows. */
  readonly need: 'demanded' | 'where-available'
}

/** One report that a law demands, and until when. */
export interface Duty {
  /** `early-warning`: unique in its profile. */
  readonly name: string
  readonly title: string
  /** Article or section, and paragraph. */
  readonly article: string
  /** What it counts from; where that is a report of the same law, from when that was sent. */
  readonly counts: { readonly from: Happening } | { readonly afterReport: string }
  /** Only where this has happened too: the clock counts from the later of both. */
  readonly when?: Happening
  readonly length: Length
  readonly to: string
  readonly contents: readonly Content[]
  readonly source: Citation
}

export interface ClockProfile {
  /** `eu-cra`. */
  readonly id: string
  readonly law: string
  readonly regions: readonly Region[]
  /** Whom it binds, in words: whether that is so is for the party to say. */
  readonly binds: string
  /** Where its days end and whose holidays count, where no place of one’s own is said. */
  readonly place: Place
  /** Since when it applies, where that is known. */
  readonly since?: string
  /** What whoever plans a publication has to know of it. */
  readonly remark?: string
  readonly duties: readonly Duty[]
}

/** Shorthands: what a report says at least, and what as far as one knows. */
export function demanded(...names: readonly ContentName[]): readonly Content[] {
  return names.map((name) => ({ name, need: 'demanded' }))
}

export function whereAvailable(...names: readonly ContentName[]): readonly Content[] {
  return names.map((name) => ({ name, need: 'where-available' }))
}
