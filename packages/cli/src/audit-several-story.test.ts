/** `comity audit` of several logs, by the real command: what it prints, writes and ends with. */
import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { WrittenLog, product, servePeer, start } from '../../node/src/federation/mirror/peer.fixture.ts'
import { corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

/** Serves what a node serves, but for one path. */
async function replayed(context: TestContext, url: string, path: string, bytes: Uint8Array): Promise<string> {
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === path) return response.end(bytes)
      const answer = await fetch(`${url}${request.url ?? '/'}`)
      response.statusCode = answer.status
      return response.end(new Uint8Array(await answer.arrayBuffer()))
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // a listening TCP server
  return `http://127.0.0.1:${port}`
}

test('several logs are audited by one command, whoever keeps them', async (context) => {
  const a = corner(context)
  const b = corner(context)
  const auditor = corner(context)
  const keeperOfA = await a.json<{ urn: string }>('init', '--name', 'Keeper A', insecure)
  await b.json('init', '--name', 'Keeper B', insecure)
  const [atA, atB] = [await a.serve('serve'), await b.serve('serve')]
  const early = await fetch(`${atA.url}/checkpoint`)
  const earlier = new Uint8Array(await early.arrayBuffer())
  await a.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  await a.json('support', 'gids', '--as', 'acme')
  for (const [who, other] of [
    [a, atB],
    [b, atA],
  ] as const)
    await who.json('peer', 'add', other.url, '--allow-private', '--yes')
  const isFollowed = async (url: string): Promise<boolean> =>
    /"size":[1-9]/.test(await (await fetch(`${url}/mirrors`)).text())
  for (let i = 0; i < 100 && !((await isFollowed(atA.url)) && (await isFollowed(atB.url))); i++) await sleep(100)
  await b.json('findings', '--publish')

  const audited = await auditor.run('audit', atA.url, atB.url, '--checkpoint-out', 'kept')
  assert.equal(audited.code, 0, audited.stdout)
  assert.match(audited.stdout, /^EQUAL: 2 logs/)
  assert.match(audited.stdout, /Keeper A[\s\S]*Keeper B|Keeper B[\s\S]*Keeper A/)
  for (const line of audited.stdout.split('\n')) assert.ok([...line].length <= 80, line)
  const files = readdirSync(join(auditor.path, 'kept'))
  assert.equal(files.length, 2)
  const kept = files.flatMap((file) => ['--kept', join('kept', file)])
  const again = await auditor.json<{ format: string; verdict: string; logs: readonly { kept: number }[] }>(
    'audit',
    atB.url,
    atA.url,
    ...kept,
    '--checkpoint-out',
    'kept',
  )
  assert.deepEqual([again.format, again.verdict], ['comity audit of several logs 1', 'equal'])
  assert.deepEqual(
    again.logs.map((log) => log.kept),
    [1, 1],
  )

  // Whoever shows an earlier head than others have seen has taken entries back.
  const back = await replayed(context, atA.url, '/checkpoint', earlier)
  const caught = await auditor.run('audit', back, atB.url)
  assert.equal(caught.code, 1)
  assert.match(caught.stdout.replaceAll(/\s+/g, ' '), /entries were taken back/)
  const others = await auditor.run('audit', atA.url, atB.url, '--expect-keeper', keeperOfA.urn)
  assert.equal(others.code, 1)
  assert.match(others.stdout, /\[wrong-keeper\]/)
})

test('the proof that a log contradicted itself is written into a file, which comity verify checks', async (context) => {
  const { log, author } = WrittenLog.founded('forked by its keeper')
  const other = log.fork(log.size)
  log.append(start + 5, product(author, 'One', start + 5))
  other.append(start + 5, product(author, 'Another', start + 5)).append(start + 6, product(author, 'More', start + 6))
  const urls = [(await servePeer(context, () => log)).url, (await servePeer(context, () => other)).url]
  const auditor = corner(context)
  const audited = await auditor.run('audit', ...urls)
  assert.equal(audited.code, 1, audited.stdout)
  assert.match(audited.stdout, /FORKED/)
  for (const line of audited.stdout.split('\n')) assert.ok([...line].length <= 80, line)
  const [file = assert.fail('no proof was written'), ...more] = readdirSync(auditor.path).filter((each) =>
    each.startsWith('fork-of-'),
  )
  assert.deepEqual(more, [])
  writeFileSync(join(auditor.path, 'keeper.cose'), log.leaves[0] ?? new Uint8Array())
  const verified = await auditor.json<{ kind: string; verdict: string }>('verify', file, '--with', 'keeper.cose')
  assert.deepEqual([verified.kind, verified.verdict], ['equivocation', 'right'])
  // Once more: the proof is there already.
  assert.equal((await auditor.run('audit', ...urls.toReversed())).code, 1)
  assert.equal(readdirSync(auditor.path).filter((each) => each.startsWith('fork-of-')).length, 1)
})
