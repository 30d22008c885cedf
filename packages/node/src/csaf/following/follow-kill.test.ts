import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { following, provider, ProviderServer } from './provider.fixture.ts'

const script = fileURLToPath(new URL('./killed-following.fixture.ts', import.meta.url))
const documents = 50
const atOnce = 6

/** Follows in a process of its own, and kills it when it has said that it took so many. What it said last. */
async function killedAfter(directory: string, url: string, count: number): Promise<number> {
  const args = ['--disable-warning=ExperimentalWarning', script, directory, url]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  let said = 0
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('taken ')) continue
    said = Number(line.slice('taken '.length))
    if (said >= count) child.kill('SIGKILL')
  }
  await ended
  assert.equal(child.signalCode, 'SIGKILL')
  return said
}

test('kill -9 while a provider is followed: what was taken stays, and the next run fetches what is missing and no more', async (context) => {
  const server = await ProviderServer.start(context)
  await provider(server, { documents: Array.from({ length: documents }, (_, i) => ({ id: `N-${i}` })) })
  const directory = mkdtempSync(join(tmpdir(), 'comity-killed-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  let before = 0
  let asked = 0
  for (const count of [1, 30]) {
    const said = await killedAfter(directory, server.url, count)
    assert.ok(said >= before, `${said} are here, and ${before} were`)
    before = said
    asked += server.documentsAsked().length
  }
  const { follow, taken, refused, sources, close } = await following(context, { directory })
  const run = await follow(server.url)
  assert.deepEqual([run.outcome, taken().length, refused()], ['done', documents, []])
  asked += server.documentsAsked().length
  assert.ok(asked <= documents + 2 * atOnce, `${asked} documents were asked for, of ${documents}, with two kills`)
  const { stream } = sources.state('north')
  for (const { digest, size } of sources.items.taken(stream)) assert.ok(digest.length === 71 && size > 0)
  await close()
})
