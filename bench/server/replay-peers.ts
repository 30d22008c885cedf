/**
 * `replay-peers.ts LOGS STATEMENTS_A_SECOND SECONDS`: so many logs, written beforehand, below `/0`, `/1`, … of one address,
 * which it prints. From the moment that its parent sends, in milliseconds since the epoch, each shows one batch of one
 * statement after the other.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { treeHasher } from '@comity/crypto'
import { Tree, encodeEntryBundle, formatCheckpoint, memoryHashStorage, parseTilePath, tileWidth } from '@comity/log'
import { keeperOf, shownAt, written } from '../logs/replayed-log.ts'

const [logs = 0, rate = 0, seconds = 0] = process.argv.slice(2).map(Number)
const at = Math.floor(Date.now() / 1000)

/** One log with everything that it will ever show. */
class ReplayedPeer {
  readonly #number: number
  readonly #leaves: readonly Uint8Array[]
  readonly #tree = Tree.open(treeHasher, memoryHashStorage(), 0, { cachedTiles: 2 })
  #note: { readonly size: number; readonly note: string } | undefined

  constructor(number: number) {
    this.#number = number
    this.#leaves = written(number, { rate, seconds, at })
    for (const leaf of this.#leaves) this.#tree.append(treeHasher.leaf(leaf))
  }

  bytesAt(path: string): Uint8Array | undefined {
    const size = Math.min(this.#leaves.length, shownAt(this.#number, { rate, logs }, Date.now() - startAt))
    if (path === 'checkpoint') return Buffer.from(this.#noteOf(size))
    if (!path.startsWith('tile/')) return undefined
    const { level, index, width } = parseTilePath(path)
    if (level !== 'entries') return this.#tree.tile(level, index, width)
    const from = index * tileWidth
    return from + width > size ? undefined : encodeEntryBundle(this.#leaves.slice(from, from + width))
  }

  #noteOf(size: number): string {
    if (this.#note?.size === size) return this.#note.note
    const { origin, keys } = keeperOf(this.#number)
    const note = keys.log.signNote(formatCheckpoint({ origin, size, root: this.#tree.root(size) }))
    this.#note = { size, note }
    return note
  }
}

let startAt = Number.POSITIVE_INFINITY
const peers = Array.from({ length: logs }, (_, number) => new ReplayedPeer(number))

const server = createServer((request, response) => {
  const [, number = '', ...path] = (request.url ?? '').split('/')
  const found = peers[Number(number)]?.bytesAt(path.join('/'))
  if (found === undefined) return response.writeHead(404).end()
  const from = Number(/^bytes=([0-9]+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${found.length - 1}/${found.length}` })
  return response.end(found.subarray(from))
})
server.listen(0, '127.0.0.1', () => {
  // A listening TCP server has an address with a port.
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.on('message', (message) => (startAt = Number(message)))
process.once('SIGTERM', () => process.exit(0))
