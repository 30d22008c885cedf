/** `serve-copy.ts DIRECTORY`: serves the log in a data folder as files and does nothing else; prints its address. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeEntryBundle, parseTilePath } from '@comity/log'
import { FolderSource } from '@comity/node'

const source = FolderSource.open(process.argv[2] ?? '')

async function bytesAt(path: string): Promise<Uint8Array | undefined> {
  if (path === 'checkpoint') return source.checkpoint()
  if (!path.startsWith('tile/')) return undefined
  const { level, index, width } = parseTilePath(path)
  if (level !== 'entries') return source.tile(level, index, width)
  const entries = await source.entries(index, width)
  return entries && encodeEntryBundle(entries)
}

const server = createServer((request, response) => {
  void bytesAt((request.url ?? '').slice(1)).then((bytes) => {
    response.statusCode = bytes === undefined ? 404 : 200
    response.end(bytes)
  })
})
server.listen(0, '127.0.0.1', () => {
  // A listening TCP server has an address with a port.
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => process.exit(0))
