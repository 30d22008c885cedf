import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Peer } from '../peers/peer.ts'
import { Follower, WrittenLog, peerOf, servePeer, start } from './peer.fixture.ts'

const script = join(dirname(fileURLToPath(import.meta.url)), 'killed-follower.fixture.ts')
const rounds = 8

/** Lets a process follow the peer and kills it after a while. Returns how much it said that it had folded. */
async function killOnce(directory: string, peer: Peer, afterMilliseconds: number): Promise<number> {
  const args = ['--disable-warning=ExperimentalWarning', script, directory, JSON.stringify(peer)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  let folded = 0
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') setTimeout(() => child.kill('SIGKILL'), afterMilliseconds)
    else folded = Number(line.slice('folded '.length))
  }
  await ended
  assert.equal(child.signalCode, 'SIGKILL', errors)
  return folded
}

/** What a follower that was never disturbed comes to. */
async function undisturbed(context: TestContext, peer: Peer): Promise<ReturnType<Follower['rows']>> {
  const follower = await Follower.open(context)
  await follower.mirrors.follow([peer])
  await follower.settle(100)
  const rows = follower.rows()
  await follower.close()
  return rows
}

test('kill -9 at any moment: nothing is folded twice, nothing lost, and what was said to be folded is', async (context) => {
  const { log, author } = WrittenLog.founded('killed')
  const served = await servePeer(context, () => log)
  const peer = peerOf(log, served.url)
  const directory = mkdtempSync(join(tmpdir(), 'comity-killed-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  for (let round = 0; round < rounds; round++) {
    log.grow(author, log.size + 400, start + 10 + round)
    const folded = await killOnce(directory, peer, 10 + 45 * round)
    const again = await Follower.open(context, { directory })
    const size = again.mirrors.find(log.origin)?.copy.size ?? 0
    assert.ok(size >= folded, `round ${round}: ${size} entries are held, ${folded} were said to be`)
    await again.close()
  }
  const follower = await Follower.open(context, { directory })
  await follower.mirrors.follow([peer])
  await follower.later()
  assert.deepEqual(
    follower.mirrors.states().map((each) => [each.size, each.lastError]),
    [[log.size, undefined]],
  )
  const live = follower.rows()
  await follower.close()
  assert.deepEqual(live, await undisturbed(context, peer))
})
