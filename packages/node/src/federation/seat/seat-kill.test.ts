import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { actor, keeper } from '@comity/testkit'
import { served, startAt } from '../../http/server.fixture.ts'
import { disputeOf, moveIn, notification } from '../../judge/dispute.fixture.ts'
import { ComityNode } from '../../node.ts'

const script = join(dirname(fileURLToPath(import.meta.url)), 'killed-seat.fixture.ts')
const rounds = 5
const perRound = 16

/** Lets a seat take moves over, and kills it after a while. Returns how many it said that it had. */
async function killOnce(directory: string, url: string, now: number, afterMilliseconds: number): Promise<number> {
  const args = ['--disable-warning=ExperimentalWarning', script, directory, url, String(now)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  let taken = 0
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') setTimeout(() => child.kill('SIGKILL'), afterMilliseconds)
    else taken = Number(line.slice('taken '.length))
  }
  await ended
  assert.equal(child.signalCode, 'SIGKILL', errors)
  return taken
}

test('kill -9 at any moment: each move is taken once or refused once, in the order in which it was filed', async (context) => {
  const south = await served(context)
  const own = keeper('killed seat')
  const directory = mkdtempSync(join(tmpdir(), 'comity-killed-seat-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const now = (): number => south.clock.now()
  const options = { directory, keys: own.keys, now }
  const claimant = actor('claimant', own.origin)
  const southern = actor('southern', south.node.origin)
  const seat = await ComityNode.found({ ...options, party: own.founding(startAt), policy: own.policy(startAt) })
  await seat.submit(claimant.founding(startAt))
  const slugs = Array.from({ length: rounds * perRound }, (_, i) => `case-${i}`)
  await Promise.all(
    slugs.map((slug) => seat.submit(notification(claimant, seat.origin, [southern], { iat: startAt, slug }))),
  )
  await seat.close()
  await south.node.submit(southern.founding(startAt))

  const fileAll = async (slug: string): Promise<void> => {
    const urn = disputeOf(claimant, slug)
    const file = (name: string, body = {}, more = 0) =>
      south.node.submit(moveIn(southern, urn, own.origin, name, { iat: startAt + more, body }))
    await file('acknowledge')
    await file('acknowledge', { text: 'Once more' }, 1)
    await file('reply', { text: 'As we said.' })
  }
  const said: number[] = []
  for (let round = 0; round < rounds; round++) {
    await Promise.all(slugs.slice(round * perRound, (round + 1) * perRound).map(fileAll))
    const taken = await killOnce(directory, south.url, now(), 300 + 150 * round)
    said.push(taken)
    const again = await ComityNode.open(options)
    const moves = Number(again.reader.prepare('SELECT count(*) AS n FROM move').get()?.['n'])
    assert.ok(moves >= taken, `round ${round}: ${moves} moves are held, ${taken} were said to be`)
    await again.close()
  }

  context.diagnostic(`taken before each kill: ${said.join(', ')}`)
  assert.ok(new Set(said).size > 1, 'they were killed at work')
  const last = await ComityNode.open(options)
  await last.mirrors.follow(last.peers.list())
  for (let i = 0; i < 40; i++) if ((await last.mirrors.step(now() + i * 1000)) > now() + i * 1000) break
  await last.seat.step()
  const names = last.reader.prepare(
    'SELECT name FROM move JOIN case_file USING (case_file) WHERE urn = ? ORDER BY effective',
  )
  for (const slug of slugs) {
    const urn = disputeOf(claimant, slug)
    assert.equal(
      names
        .all(urn)
        .map((row) => row['name'])
        .join(),
      'notify,acknowledge,reply',
      slug,
    )
    assert.deepEqual(
      last.seat.refusalsOf(urn).map(({ code }) => code),
      ['not-possible-now'],
      slug,
    )
  }
  const twice = last.reader
    .prepare("SELECT id FROM entry WHERE kind <> 'time' AND position < ? GROUP BY id HAVING count(*) > 1")
    .all(last.head.size)
  assert.deepEqual(twice, [])
  const { size } = last.head
  await last.seat.step()
  assert.equal(last.head.size, size)
  await last.close()
})
