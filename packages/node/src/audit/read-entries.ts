import { LogError, tileWidth } from '@comity/log'
import { StoreError } from '@comity/store'
import type { Difference } from './difference.ts'
import type { AuditSource } from './source.ts'

/** A bundle of entries, or why there is none: then the audit can go no further. */
export type Bundle =
  | { readonly index: number; readonly entries: readonly Uint8Array[] }
  | { readonly index: number; readonly failed: Difference }

/** The bundles of the first `size` entries in order, a few fetched ahead of the reader. */
export async function* readBundles(source: AuditSource, size: number): AsyncGenerator<Bundle> {
  const count = Math.ceil(size / tileWidth)
  const ahead: Promise<Bundle>[] = []
  let next = 0
  try {
    for (let index = 0; index < count; index++) {
      for (; next < count && next < index + source.concurrency; next++) ahead.push(readBundle(source, next, size))
      const bundle = await ahead.shift()
      if (bundle === undefined) return
      yield bundle
      if ('failed' in bundle) return
    }
  } finally {
    // Whoever stops early must not leave a rejection that nobody hears.
    for (const each of ahead) each.catch(() => undefined)
  }
}

async function readBundle(source: AuditSource, index: number, size: number): Promise<Bundle> {
  const first = index * tileWidth
  const width = Math.min(tileWidth, size - first)
  const where = width === 1 ? `entry ${first}` : `entries ${first} to ${first + width - 1}`
  try {
    const entries = await source.entries(index, width)
    if (entries !== undefined) return { index, entries }
    const what = `the checkpoint covers ${size} entries, and these are not there`
    return { index, failed: { code: 'entries-missing', where, what } }
  } catch (error) {
    const isDamage = error instanceof StoreError && error.code === 'damaged'
    if (!isDamage && !(error instanceof LogError)) throw error
    return {
      index,
      failed: { code: 'entries-malformed', where, what: `the stored bytes cannot be read: ${error.message}` },
    }
  }
}
