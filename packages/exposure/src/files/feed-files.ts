/** A feed as two files: the whole, and beside it the beginning of a newer one, `NAME.part`. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { FeedPlace } from '../feed/feed-state.ts'

/** The place of a feed at a path. Errors of the file system are thrown as they are. */
export function feedFiles(path: string): FeedPlace {
  const part = `${path}.part`
  return {
    partSize: async () => {
      try {
        return (await stat(part)).size
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
        throw error
      }
    },
    cutPart: (octets) => onFile(part, 'a', (file) => file.truncate(octets)),
    append: (octets) => onFile(part, 'a', (file) => file.appendFile(octets)),
    digestOfPart: async (algorithm) => {
      const hash = createHash(algorithm.replace('-', ''))
      await pipeline(createReadStream(part), hash)
      return hash.digest('hex')
    },
    commit: async () => {
      await onFile(part, 'r+', (file) => file.sync())
      await rename(part, path)
      // A name is durable only with its folder.
      await onFile(dirname(path), 'r', (folder) => folder.sync())
    },
  }
}

async function onFile(
  path: string,
  flags: 'a' | 'r' | 'r+',
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<unknown>,
): Promise<void> {
  const file = await open(path, flags, 0o600)
  try {
    await work(file)
  } finally {
    await file.close()
  }
}
