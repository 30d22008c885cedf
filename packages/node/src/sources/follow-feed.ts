/** One run over a feed or a folder: what changed is fetched, and each document in it is taken by its digest. */
import { mkdirSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ExposureError,
  type FeedPort,
  type FeedState,
  fetchFeed,
  readAdvisory,
  type SourceItem,
} from '@comity/exposure'
import { feedFiles, readSource } from '@comity/exposure/files'
import { sha256Hex } from '@comity/crypto'
import { faultOf } from './ask.ts'
import { recordGone, refuse, type Run, type RunResult, Tally } from './run.ts'
import { type ListState, noCounts, type SourceRecord, type TakenItem } from './source-record.ts'

/** What of a document is checked changes with the readers. */
const rules = 'exposure 1'

/** Records that are made durable together. */
const recordedAtOnce = 64

/** Longest name of a document; a longer one ends in a digest of it. */
const longestName = 600

export interface FeedParts {
  readonly port: FeedPort
  /** Where the octets of feeds lie, which can be thrown away: they are fetched again. */
  readonly directory: string
}

/** Follows a feed once. Never throws for what the server or the file does. */
export async function followFeed(run: Run, { port, directory }: FeedParts): Promise<RunResult> {
  const { source, log, items, signal } = run
  const folder = join(directory, log.stream.replace('/', '-'))
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'feed')
  const statePath = join(folder, 'state.json')
  const keep = (state: FeedState): Promise<void> => writeFile(statePath, JSON.stringify(state))
  const options = { fetch: port, place: feedFiles(path), state: await readState(statePath), keep, signal }
  const outcome = await fetchFeed(source.address, options)
  await keep(outcome.state)
  const { whole } = outcome.state
  const { received } = outcome
  if (outcome.outcome === 'failed' || whole === undefined) {
    const faults = outcome.outcome === 'failed' ? [faultOf(outcome.refusal, source.address)] : []
    return { outcome: 'failed', faults, counts: { ...noCounts, received }, lists: {} }
  }
  const lists: Record<string, ListState> = { [source.address]: whole }
  const before = items.lastWhole(log.stream)
  if (before?.lists[source.address]?.digest === whole.digest)
    return { outcome: 'unchanged', faults: [], counts: { ...noCounts, items: before.counts.items, received }, lists }
  // Where somebody took the file away, what is known of it goes with it, and the next run fetches it.
  const onBroken = (): void => forgetFeed(directory, log.stream)
  return takeItems(run, readSource(path), { lists, received, name: fileName(source.address), onBroken })
}

/** The same for a folder or file of this machine: each document is read, and told from the last by its digest. */
export async function followFolder(run: Run): Promise<RunResult> {
  return takeItems(run, readSource(run.source.address), { lists: {}, received: 0, name: undefined, onBroken: () => {} })
}

interface Reading {
  readonly lists: Readonly<Record<string, ListState>>
  readonly received: number
  /** What the outermost file is called, where it lies here under another name. */
  readonly name: string | undefined
  /** Nothing could be read at all. */
  readonly onBroken: () => void
}

async function takeItems(
  run: Run,
  source: AsyncIterable<SourceItem>,
  { lists, received, name: outer, onBroken }: Reading,
): Promise<RunResult> {
  const { log, signal } = run
  const list = run.source.address
  const tally = new Tally()
  const listed = new Set<string>()
  let isCutOff = false
  let waiting: Promise<SourceRecord>[] = []
  const flush = async (): Promise<void> => {
    const records = waiting
    waiting = []
    await log.append(await Promise.all(records))
  }
  try {
    for await (const given of source) {
      signal.throwIfAborted()
      const item = itemName(outer === undefined ? given.name : given.name.replace(/^feed/, outer))
      listed.add(item)
      tally.items += 1
      if ('refusal' in given) {
        if (given.cutsOff === true) isCutOff = true
        tally.refused += 1
        tally.add(...(given.cutsOff === true ? [faultOf(given.refusal, item)] : []))
        await refuse(run, { item, list, stamp: '', rules, faults: [faultOf(given.refusal)] })
        continue
      }
      const outcome = await takeItem(run, item, given.bytes, list)
      if (outcome === 'refused') tally.refused += 1
      else if (outcome !== 'known') {
        tally.taken += 1
        const putting = run.put(outcome.digest, given.bytes).then(() => outcome)
        // It is waited for below, and may fail before that.
        putting.catch(() => {})
        waiting.push(putting)
      }
      if (waiting.length >= recordedAtOnce) await flush()
      run.onProgress(tally.items, 0)
    }
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    await flush()
    onBroken()
    return { outcome: 'failed', faults: [faultOf(error, list)], counts: tally.counts(received), lists: {} }
  }
  await flush()
  // Of a source that broke off nobody can say what it has no more.
  if (!isCutOff) tally.gone = await recordGone(run, { listed, isRead: () => true })
  return { outcome: isCutOff ? 'partly' : 'done', faults: tally.faults, counts: tally.counts(received), lists }
}

async function takeItem(
  run: Run,
  item: string,
  bytes: Uint8Array,
  list: string,
): Promise<TakenItem | 'known' | 'refused'> {
  const { log, items } = run
  const digest = `sha256:${sha256Hex(bytes)}`
  const known = items.find(log.stream, item)
  if (known?.stamp === digest && known.refused === undefined) return 'known'
  if (known?.refused?.stamp === digest && known.refused.rules === rules) return 'refused'
  try {
    await readAdvisory(bytes)
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    await refuse(run, { item, list, stamp: digest, rules, faults: [faultOf(error)] })
    return 'refused'
  }
  return { record: 'item', at: run.now(), item, stamp: digest, list, digest, size: bytes.length }
}

/** Forgets the octets of a feed. */
export function forgetFeed(directory: string, stream: string): void {
  rmSync(join(directory, stream.replace('/', '-')), { recursive: true, force: true })
}

async function readState(path: string): Promise<FeedState> {
  try {
    // Safe: this module writes the file; one that was cut short is none, and then all of it is fetched again.
    return JSON.parse(await readFile(path, 'utf8')) as FeedState
  } catch {
    return {}
  }
}

function fileName(address: string): string {
  return URL.parse(address)?.pathname.split('/').at(-1) || 'feed'
}

function itemName(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, 500)}~${sha256Hex(Buffer.from(name))}`
}
