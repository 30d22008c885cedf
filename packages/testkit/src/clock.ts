/** A clock that moves only when told to. Whole seconds since the epoch. */
export interface ManualClock {
  now(): number
  /** Moves on by whole seconds, never back. */
  advance(seconds: number): void
}

/** A clock standing at `startAt`; by default at an arbitrary fixed moment, 2026-01-01T00:00:00Z. */
export function manualClock(startAt = 1_767_225_600): ManualClock {
  let at = startAt
  return {
    now: () => at,
    advance: (seconds) => {
      if (!Number.isSafeInteger(seconds) || seconds < 0)
        throw new RangeError(`a clock advances by whole seconds, not ${seconds}`)
      at += seconds
    },
  }
}
