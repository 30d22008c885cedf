/** A file that is one document, or JSON lines: a document on each line. */
import { ExposureError } from '../exposure-error.ts'
import { beginsAsObject } from '../source/format-of.ts'
import type { SourceBudget } from '../source/source-budget.ts'
import { cutOff, refused, type SourceItem } from '../source/source-item.ts'
import { OctetQueue } from './octet-queue.ts'

const lineFeed = 0x0a

export interface DocumentFile {
  readonly name: string
  readonly pieces: AsyncIterable<Uint8Array>
  /** Octets, where they are known before they are read. */
  readonly size?: number
}

/**
 * The documents of a file. It is JSON lines where its first line is a whole JSON object and another object follows, or
 * where its name says so. A file that is one document and too large is refused before it is read.
 */
export async function* documentItems(file: DocumentFile, budget: SourceBudget): AsyncGenerator<SourceItem> {
  const { name, size } = file
  const queue = new OctetQueue(file.pieces, budget)
  let areLines = false
  try {
    areLines = await isLines(queue, name, size)
    if (areLines) yield* lines(queue, name, budget)
    else {
      budget.countItem()
      yield { name, bytes: await queue.rest() }
    }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    yield areLines ? cutOff(name, error) : refused(name, error)
  } finally {
    await queue.close()
  }
}

async function isLines(queue: OctetQueue, name: string, size: number | undefined): Promise<boolean> {
  if (/\.(?:jsonl|ndjson)$/i.test(name)) return true
  await queue.more()
  const isObject = beginsAsObject(queue.held())
  // What does not begin as an object is no line of JSON: nothing more of it needs to be seen.
  if (!isObject && size !== undefined) queue.checkSize(size)
  if (!isObject) return false
  const end = await queue.find(lineFeed)
  const next = end === undefined ? undefined : await queue.findOther(end)
  const isFollowed = next !== undefined && queue.held()[next] === 0x7b
  if (isFollowed && isWholeObject(queue.held().subarray(0, end))) return true
  if (size !== undefined) queue.checkSize(size)
  return false
}

async function* lines(queue: OctetQueue, name: string, budget: SourceBudget): AsyncGenerator<SourceItem> {
  for (let number = 1; ; number += 1) {
    const line = await queue.line()
    if (line === undefined) return
    if (line !== 'too-large' && line.every((octet) => octet <= 0x20)) continue
    budget.countItem()
    const at = `${name}:${number}`
    yield line === 'too-large' ? refused(at, budget.tooLarge()) : { name: at, bytes: line }
  }
}

/** Whether a line is one JSON object, and not the beginning of one. */
function isWholeObject(line: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
    return typeof value === 'object' && value !== null
  } catch {
    return false // a line of a document that is written over several
  }
}
