/** What was signed for a minute enters the log at that minute, though the process that kept it was killed before. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Submission } from '@comity/contract'
import { corner, type Corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'
const osv = join(import.meta.dirname, '..', '..', '..', 'samples', 'GO-2023-2153.json')

/** Serves in a process of its own; resolves with what kills it. */
async function serve(context: TestContext, who: Corner): Promise<() => Promise<void>> {
  const child = who.start('serve', '--port', '0', '--json')
  child.stdin.end()
  await once(createInterface({ input: child.stdout }), 'line')
  const ended = once(child, 'close')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  context.after(kill)
  return kill
}

test('a submission outlives kill -9 before its minute, is registered then, once, and lay sealed before', async (context) => {
  const who = corner(context)
  await who.json('init', '--name', 'Keeper', insecure)
  let kill = await serve(context, who)
  await who.json('party', 'create', 'acme', '--name', 'Acme', insecure)
  await who.json('product', 'gateway', '--as', 'acme', '--name', 'Gateway', '--updates', 'download')
  const minute = Math.floor(Date.now() / 1000) + 12
  const at = new Date(minute * 1000).toISOString().replace('.000', '')
  const said = ['--as', 'acme', '--product', 'gateway'] as const
  const refused = await who.run('advisory', 'publish', osv, ...said, '--at', '2020-01-01T00:00:00Z')
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /has passed/)
  const noHour = await who.run('advisory', 'publish', osv, ...said, '--at', '2099-01-01')
  assert.match(noHour.stderr, /no hour and zone/)

  const prepared = await who.json<Submission>('advisory', 'publish', osv, ...said, '--at', at)
  assert.equal(prepared.state, 'waiting')
  await kill()
  for (const { path, bytes } of filesOf(join(who.path, 'data')))
    assert.ok(!bytes.includes('GO-2023-2153') && !bytes.includes(prepared.statement), path)

  kill = await serve(context, who)
  const listed = async (): Promise<Submission | undefined> =>
    (await who.json<Submission[]>('scheduled', 'list', '--as', 'acme'))[0]
  for (let i = 0; i < 240 && (await listed())?.state === 'waiting'; i++) await sleep(250)
  const done = await listed()
  assert.equal(done?.state, 'registered', JSON.stringify(done))
  assert.ok((done.endedAt ?? 0) >= minute)
  await kill()
  await serve(context, who)
  const again = await listed()
  assert.deepEqual(again, done, 'it is not submitted again')
  const shown = await who.run('scheduled', 'list', '--as', 'acme')
  assert.match(shown.stdout, /submitted/)
  const late = await who.run('scheduled', 'cancel', done.id, '--as', 'acme')
  assert.equal(late.code, 3)
})

function filesOf(directory: string): readonly { readonly path: string; readonly bytes: Buffer }[] {
  assert.ok(existsSync(directory))
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }))
}
