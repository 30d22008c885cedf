/** Writes what another node lacks of some logs, and the documents that this cites, into files to be carried there. */
import { join } from 'node:path'
import { treeHasher } from '@comity/crypto'
import {
  type HashStorage,
  LogError,
  Tree,
  encodeEntryBundle,
  entryBundlePath,
  hashesAtLevel,
  memoryHashStorage,
  tilePath,
  tileWidth,
  widthOfTile,
} from '@comity/log'
import { type Signer, decodeStatement } from '@comity/statement'
import { type ReadOnlyTruth, type StreamReader, type View, openReadOnly } from '@comity/store'
import { crypto } from '../../crypto-port.ts'
import { documentLimit } from '../../documents.ts'
import { readHead } from '../../pipeline/ledger.ts'
import { openReader } from '../../register/open-register.ts'
import { rangeOf } from '../../register/position.ts'
import { isWithheld } from '../../register/withheld.ts'
import { FederationError } from '../federation-error.ts'
import { type Head, hasSameRoot, keptHead } from '../mirror/head.ts'
import { leafHashes } from '../mirror/mirror-copy.ts'
import { mirrorName } from '../mirror/mirror-name.ts'
import type { MirrorRecord } from '../mirror/mirror-record.ts'
import { CarryWriter } from './carry-writer.ts'

const hashBytes = 32
const hashedAtOnce = 4096

export interface CarryExport {
  /** The data folder; a node may be serving it. */
  readonly directory: string
  /** The first file; further parts have `.2`, `.3` … behind it. */
  readonly to: string
  /** Signs what is carried: the node's receipt key. */
  readonly signer: Signer
  /** Whole seconds since the epoch. */
  readonly at: number
  /** Logs to carry; all that are held where nothing is said. */
  readonly origins?: readonly string[]
  /** How many entries of a log the other node has; none where nothing is said. */
  readonly since?: (origin: string) => number
  /** A part ends where it has more bytes; one document may be beyond that. */
  readonly partBytes?: number
}

export interface CarriedLog {
  readonly origin: string
  readonly since: number
  readonly size: number
}

export interface CarryExported {
  readonly files: readonly string[]
  readonly bytes: number
  readonly logs: readonly CarriedLog[]
  readonly documents: number
}

/** One log of a folder as it is at the moment. */
interface HeldLog {
  readonly origin: string
  readonly keeper: string
  readonly head: Head
  readonly entries: StreamReader
  readonly tree: Tree
  readonly since: number
}

/**
 * Throws FederationError `no-log` for an origin of which nothing is held, `carry-gap` where the other node has more than
 * this one, StoreError.
 */
export async function exportCarry(request: CarryExport): Promise<CarryExported> {
  const truth = openReadOnly(request.directory)
  const own = ownLog(truth, request.directory)
  const reader = openReader(join(request.directory, 'views', 'public.db'), own.origin)
  const parts = new Parts(request, { by: own.keeper, origin: own.origin, at: request.at })
  try {
    const logs = heldLogs(truth, own, request)
    for (const log of logs) await exportLog(log, parts)
    const documents = await exportDocuments(logs, { truth, reader, parts })
    const { files, bytes } = await parts.end(request.signer)
    return {
      files,
      bytes,
      documents,
      logs: logs.map(({ origin, since, head }) => ({ origin, since, size: head.size })),
    }
  } catch (error) {
    await parts.abort()
    throw error
  } finally {
    reader.close()
  }
}

function ownLog(truth: ReadOnlyTruth, directory: string): { origin: string; keeper: string; head: Head } {
  const stored = readHead({ get: (name) => truth.cells().get(name) })
  if (stored === undefined) throw new FederationError('no-log', `${directory} holds no signed checkpoint`)
  const head = keptHead(stored.head.note)
  const entries = truth.stream('public')
  const [first = new Uint8Array()] = entries.readRange(0, 1)
  const { iss: keeper } = decodeStatement(Uint8Array.from(first), crypto)
  entries.close()
  return { origin: head.origin, keeper, head }
}

function heldLogs(truth: ReadOnlyTruth, own: ReturnType<typeof ownLog>, request: CarryExport): readonly HeldLog[] {
  const cells = truth.cells()
  const list = cells.get('mirrors')
  const mirrored: readonly string[] = list === undefined ? [] : JSON.parse(Buffer.from(list.value).toString())
  const wanted = request.origins ?? [own.origin, ...mirrored]
  return wanted.flatMap((origin): readonly HeldLog[] => {
    const name = origin === own.origin ? 'public' : mirrorName(origin)
    const cell = cells.get(name)
    const found =
      origin === own.origin ? own : cell && heldMirror(JSON.parse(Buffer.from(cell.value).toString()), truth, name)
    if (found === undefined) {
      if (request.origins === undefined) return []
      throw new FederationError('no-log', `nothing is held of the log ${origin}`)
    }
    const { keeper, head } = found
    const since = request.since?.(origin) ?? 0
    if (since > head.size)
      throw new FederationError(
        'carry-gap',
        `of ${origin} ${head.size} entries are held here, and the other node has ${since}: it is ahead`,
      )
    const entries = truth.stream(name)
    return [{ origin, keeper, head, since, entries, tree: treeOf(truth, name, head, entries) }]
  })
}

/** The newest head of a mirrored log whose entries are all here. */
function heldMirror(
  record: MirrorRecord,
  truth: ReadOnlyTruth,
  name: string,
): { keeper: string; head: Head } | undefined {
  const { keeper, head, before } = record
  for (const note of [head, before]) {
    if (note === undefined) continue
    const kept = keptHead(note)
    const entries = truth.stream(name)
    try {
      if (kept.size > 0) entries.readRange(kept.size - 1, kept.size)
      return { keeper, head: kept }
    } catch {
      // Its entries are on their way: the one before it is whole.
    } finally {
      entries.close()
    }
  }
  return undefined
}

/** Over the stored hashes, or over the entries where those are not all there: they are a view. */
function treeOf(truth: ReadOnlyTruth, name: string, head: Head, entries: StreamReader): Tree {
  const stored: HashStorage = {
    read: (level, index, count) => truth.hashes(name, level, index, count) ?? new Uint8Array(count * hashBytes),
    write: () => undefined,
  }
  try {
    const tree = Tree.open(treeHasher, stored, head.size)
    if (hasSameRoot(head, tree.root(head.size))) return tree
  } catch (error) {
    if (!(error instanceof LogError)) throw error
  }
  const tree = Tree.open(treeHasher, memoryHashStorage(), 0)
  for (let from = 0; from < head.size; from += hashedAtOnce)
    tree.append(leafHashes(entries.readRange(from, Math.min(from + hashedAtOnce, head.size))))
  return tree
}

async function exportLog(log: HeldLog, parts: Parts): Promise<void> {
  const { head, entries, since } = log
  await parts.begin(log)
  for (let index = Math.floor(since / tileWidth); index * tileWidth < head.size; index++) {
    const first = index * tileWidth
    const width = Math.min(tileWidth, head.size - first)
    const bundle = entries.readRange(first, first + width)
    const held = Math.max(0, since - first)
    if (held === width) break
    const from = bundle.slice(0, held).reduce((sum, leaf) => sum + 2 + leaf.length, 0)
    const body = encodeEntryBundle(bundle).subarray(from)
    await parts.resource({ ...log, since: Math.max(since, first) }, entryBundlePath(index, width), body, from)
  }
  entries.close()
  parts.finish()
}

/** The checkpoint, and the hashes that lead from what the other node has to it. */
async function exportProofs({ origin, keeper, head, tree, since }: HeldLog, writer: CarryWriter): Promise<void> {
  const { size } = head
  await writer.record({ type: 'log', origin, keeper, since, size }, new Uint8Array())
  await writer.record({ type: 'resource', origin, path: 'checkpoint' }, Buffer.from(head.note))
  for (let level = 0; hashesAtLevel(level, size) > 0; level++) {
    for (const index of tilesFor(level, since, size)) {
      const width = widthOfTile(level, index, size)
      const path = tilePath(level, index, width)
      if (width > 0) await writer.record({ type: 'resource', origin, path }, tree.tile(level, index, width))
    }
  }
}

/** Hashes of entries follow from the entries, but at the two edges: there only a part of a tile's entries is carried. */
function tilesFor(level: number, since: number, size: number): Iterable<number> {
  const first = Math.floor(since / tileWidth ** (level + 1))
  const last = Math.floor(hashesAtLevel(level, size) / tileWidth)
  if (level === 0) return new Set([...(since % tileWidth === 0 ? [] : [first]), last])
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

async function exportDocuments(
  logs: readonly HeldLog[],
  { truth, reader, parts }: { readonly truth: ReadOnlyTruth; readonly reader: View; readonly parts: Parts },
): Promise<number> {
  const done = new Set<string>()
  for (const { origin, since, head } of logs) {
    const row = reader.prepare('SELECT log FROM log WHERE origin = ?').get(origin)
    if (row === undefined) continue
    const { from } = rangeOf(Number(row['log']))
    const cited = reader
      .prepare('SELECT DISTINCT digest FROM document WHERE position >= ? AND position < ?')
      .all(from + since, from + head.size)
    for (const { digest: value } of cited) {
      const digest = String(value)
      if (done.has(digest) || isWithheld(reader, digest)) continue
      const bytes = truth.blobBytes(digest.slice('sha256:'.length), documentLimit)
      if (bytes === undefined) continue
      done.add(digest)
      await parts.document(digest, bytes)
    }
  }
  return done.size
}

/** One file after the other, each of which can be read by itself. */
class Parts {
  readonly #request: CarryExport
  readonly #by: { readonly by: string; readonly origin: string; readonly at: number }
  readonly #files: string[] = []
  #writer: CarryWriter | undefined
  #bytes = 0
  #hasContent = false
  /** The log whose checkpoint stands in the part under way. */
  #begun = ''

  constructor(request: CarryExport, by: { readonly by: string; readonly origin: string; readonly at: number }) {
    this.#request = request
    this.#by = by
  }

  async begin(log: HeldLog): Promise<void> {
    const writer = await this.#current()
    if (this.#begun === log.origin) return
    this.#begun = log.origin
    await exportProofs(log, writer)
  }

  /** `log.since`: where the body begins, for the beginning of a further part. */
  async resource(log: HeldLog, path: string, body: Uint8Array, from: number): Promise<void> {
    await this.#turnAt(body.length)
    await this.begin(log)
    const writer = await this.#current()
    await writer.record({ type: 'resource', origin: log.origin, path, ...(from === 0 ? {} : { from }) }, body)
  }

  async document(digest: string, bytes: Uint8Array): Promise<void> {
    await this.#turnAt(bytes.length)
    await (await this.#current()).record({ type: 'document', digest }, bytes)
  }

  finish(): void {
    this.#begun = ''
  }

  async end(signer: Signer): Promise<{ readonly files: readonly string[]; readonly bytes: number }> {
    await this.#current()
    await this.#close(signer)
    return { files: this.#files, bytes: this.#bytes }
  }

  async abort(): Promise<void> {
    await this.#writer?.abort()
  }

  async #turnAt(more: number): Promise<void> {
    const { partBytes = Number.POSITIVE_INFINITY, signer } = this.#request
    const isFull = this.#writer !== undefined && this.#hasContent && this.#writer.bytes + more > partBytes
    if (isFull) await this.#close(signer)
    this.#hasContent = true
  }

  async #current(): Promise<CarryWriter> {
    if (this.#writer !== undefined) return this.#writer
    const number = this.#files.length + 1
    const path = number === 1 ? this.#request.to : `${this.#request.to}.${number}`
    this.#writer = await CarryWriter.create(path, this.#by)
    this.#begun = ''
    this.#hasContent = false
    return this.#writer
  }

  async #close(signer: Signer): Promise<void> {
    const writer = this.#writer
    if (writer === undefined) return
    await writer.end(signer)
    this.#files.push(writer.path)
    this.#bytes += writer.bytes
    this.#writer = undefined
  }
}
