/**
 * SHA-256 off this thread, on the pool that also waits for the disk. The engine copies what it hashes there, so no more
 * than half of the pool's four threads hash at a time: that bounds the copies, and leaves the others to the disk.
 */
import { webcrypto } from 'node:crypto'

const atOnce = 2

let running = 0
const waiting: (() => void)[] = []

/** SHA-256 of content that is left unchanged until then, 64 hex digits. */
export async function hashInPool(content: Uint8Array): Promise<string> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    // Safe: the caller's bytes are not of a SharedArrayBuffer, the only kind that `digest` refuses.
    const digest = await webcrypto.subtle.digest('SHA-256', content as Uint8Array<ArrayBuffer>)
    return Buffer.from(digest).toString('hex')
  } finally {
    // Whoever waits takes the place over, so that nobody comes in between.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}
