/** What somebody sees of the logs when a case is read: a cut, or all that a node shows. */
export interface CaseSight {
  /** Position after the last entry that is seen of the log in which a position lies; where that begins, if none is. */
  endAt(position: number): number
  originOf(position: number): string
  /** Whether what a party said there counts: it was at home in that log. */
  counts(urn: string, effective: number): boolean
}
