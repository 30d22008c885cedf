import { setTimeout } from 'node:timers/promises'

/** How long, in milliseconds, a slice works and the rest after it lasts: half of the main thread is left to others. */
const sliceMilliseconds = 5

/**
 * Does `work` for each item, in slices of a few milliseconds. Batches and other requests get their turns in between, so
 * what takes long delays nobody by more than a slice and one item.
 */
export async function inSlices<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let since = performance.now()
  for (const item of items) {
    work(item)
    if (performance.now() - since < sliceMilliseconds) continue
    await setTimeout(sliceMilliseconds)
    since = performance.now()
  }
}
