/** How long until the next attempt: twice as long after each, with chance in it, so that not everybody comes at once. */

/** Seconds before the second attempt, about. */
const firstWait = 5
/** Seconds between attempts at the most, about: an hour. */
const longestWait = 3600

/** Whole seconds to wait after `attempts` attempts (1 or more); `random` is in [0, 1). */
export function waitAfter(attempts: number, random: number): number {
  const wait = Math.min(longestWait, firstWait * 2 ** Math.min(attempts - 1, 20))
  return Math.max(1, Math.round(wait * (0.5 + random)))
}
