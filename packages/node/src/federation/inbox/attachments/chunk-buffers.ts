/**
 * Memory for chunks, used again and again. Left to the engine, what held a chunk of 4 MiB lies about until it collects: a
 * node that brings a gigabyte then takes 300 MB where it needs a few chunks.
 */
import { chunkBytes, sealedOverhead } from './chunk-cipher.ts'

/** Kept at hand: as many as are under way in two transfers. */
const kept = 8

const free: Uint8Array<ArrayBuffer>[] = []

/** Lends room for a sealed chunk until `work` has ended. What is in it then is somebody else's. */
export async function withChunkBuffer<T>(work: (room: Uint8Array<ArrayBuffer>) => Promise<T>): Promise<T> {
  const room = free.pop() ?? new Uint8Array(chunkBytes + sealedOverhead)
  try {
    return await work(room)
  } finally {
    if (free.length < kept) free.push(room)
  }
}
