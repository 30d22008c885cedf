/** One measured figure, and what it is held against in the same run. */
export interface Figure {
  readonly figure: string
  readonly value: number
  readonly unit: string
  /** The physical limit or the peer that was measured beside it; empty where the figure is only reported. */
  readonly against: string
  /** How many times the limit or the peer. */
  readonly ratio: number | null
  readonly goal: string
  readonly met: boolean | null
}

/** A benchmark: one file in this folder, default export. Sizes are parameters, so growth curves come from the same code. */
export interface Bench {
  readonly name: string
  readonly parameters: Readonly<Record<string, number>>
  run(parameters: Readonly<Record<string, number>>): Promise<readonly Figure[]>
}

/** The middle value; of an even count, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}
