import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { sha256, treeHasher, verify } from '@comity/crypto'
import {
  decodeEntryBundle,
  ed25519Verifier,
  memoryHashStorage,
  openCheckpoint,
  parseVerifierKey,
  Tree,
} from '@comity/log'
import { instrumentUrn } from '@comity/statement'
import { home, provider, served, startAt } from './server.fixture.ts'

test('whoever has the checkpoint and the entries comes to the same root', async (context) => {
  const { client } = await served(context)
  await client.submit(provider.founding(startAt))
  const supports = Array.from({ length: 300 }, (_, i) =>
    provider.sign('support', instrumentUrn('gids'), {}, startAt - i),
  )
  await client.submitBatch(supports)

  const [verifierKey = ''] = (await client.status()).verifierKeys
  const key = ed25519Verifier(parseVerifierKey(verifierKey, sha256), verify)
  const { checkpoint } = openCheckpoint(await client.checkpoint(), home.origin, [key])
  const entries = [...(await client.entries(0)), ...(await client.entries(1, checkpoint.size - 256))]
  const tree = Tree.open(treeHasher, memoryHashStorage(), 0)
  for (const entry of entries) tree.append(treeHasher.leaf(entry))
  assert.equal(tree.size, checkpoint.size)
  assert.deepEqual(Buffer.from(tree.root()), Buffer.from(checkpoint.root))
  assert.deepEqual(Buffer.from(await client.tile(0, 0)), Buffer.from(tree.tile(0, 0)))
  assert.deepEqual(Buffer.from(await client.tile(0, 1, 10)), Buffer.from(tree.tile(0, 1, 10)))
  assert.deepEqual(Buffer.from(await client.tile(1, 0, 1)), Buffer.from(tree.tile(1, 0, 1)))
})

test('tiles have one address each, are kept for ever and end where the checkpoint ends', async (context) => {
  const { url, port } = await served(context)
  const status = async (path: string) => (await fetch(url + path)).status
  const tile = await fetch(`${url}/tile/entries/000.p/3`)
  assert.equal(tile.headers.get('content-type'), 'application/octet-stream')
  assert.match(tile.headers.get('cache-control') ?? '', /immutable/)
  assert.equal(decodeEntryBundle(new Uint8Array(await tile.arrayBuffer()), 3).length, 3)
  assert.equal(await status('/tile/0/000.p/3'), 200)
  assert.equal(await status('/tile/0/000.p/4'), 404)
  assert.equal(await status('/tile/0/000'), 404)
  assert.equal(await status('/tile/1/000.p/1'), 404)
  for (const path of [
    '/tile/0/0',
    '/tile/00/000',
    '/tile/0/x000/000.p/1',
    '/tile/64/000',
    '/tile/0/000.p/0',
    '/tile/0/000.p/03',
    '/tile/-1/000',
  ]) {
    assert.equal(await status(path), 400, path)
  }
  assert.match(await rawGet(port, '/tile/../../etc/passwd'), /^HTTP\/1\.1 400 /)
})

/** A GET without the tidying that `fetch` does to paths. */
function rawGet(port: number, path: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  let answer = ''
  const socket = connect(port, '127.0.0.1', () =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
  )
  socket.on('data', (piece) => (answer += piece.toString()))
  socket.on('close', () => resolve(answer))
  return promise
}
