import { positionsPerLog } from './schema.ts'

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
