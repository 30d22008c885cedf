import { positionsPerLog } from './schema.ts'

/** Positions from `from` on, below `to`. */
export interface PositionRange {
  readonly from: number
  readonly to: number
}

/** Where an entry stands across logs, as one integer: see {@link positionsPerLog}. */
export function positionOf(log: number, index: number): number {
  return log * positionsPerLog + index
}

export function logOf(position: number): number {
  return Math.floor(position / positionsPerLog)
}

export function indexOf(position: number): number {
  return position % positionsPerLog
}

/** All positions that entries of a log can have. */
export function rangeOf(log: number): PositionRange {
  return { from: positionOf(log, 0), to: positionOf(log + 1, 0) }
}
