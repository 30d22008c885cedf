/** A keeper has a node follow advisories that are no statements, sees what is not taken and why, and lets go of them. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { SourceSummary } from '@comity/contract'
import { corner, type Ran } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'
const osv = readFileSync(fileURLToPath(new URL('../../../samples/GO-2023-2153.json', import.meta.url)), 'utf8')

function flat({ stdout, stderr }: Ran): string {
  for (const line of (stdout + stderr).split('\n')) assert.ok(line.length <= 80, line)
  return (stdout + stderr).replaceAll(/\s+/g, ' ')
}

test('a folder and a feed are followed, what is refused is shown with its reason, and a source is let go', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.serve('serve')
  const folder = join(own.path, 'osv')
  mkdirSync(folder)
  writeFileSync(join(folder, 'GO-2023-2153.json'), osv)
  writeFileSync(join(folder, 'broken.json'), '{"id": "GO-1"')

  assert.match(flat(await own.run('source', 'list')), /No sources\. Add one: comity source add example\.org/)
  const added = await own.run('source', 'add', './osv', '--name', 'local')
  assert.equal(added.code, 0, added.stderr)
  assert.match(flat(added), /Followed now: local .* documents 1 refused 1 last reading whole, 2 listed, 1 new/)
  const shown = await own.run('source', 'show', 'local')
  assert.match(flat(shown), /Not taken: osv\/broken\.json not-json: .* JSON|Not taken: broken\.json not-json:/)
  writeFileSync(join(folder, 'broken.json'), osv.replace('GO-2023-2153', 'GO-2023-9999'))
  assert.match(flat(await own.run('source', 'update', 'local')), /Read: local .* documents 2/)

  const server = createServer((_, response) => void response.end(osv))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  // Safe: it listens on a TCP port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/all.json`
  const plain = await own.run('source', 'add', url)
  assert.equal(plain.code, 3)
  assert.match(flat(plain), /is not https: plain http is for a network of one's own \(--allow-private\)/)
  const { source } = await own.json<{ source: SourceSummary }>(
    'source',
    'add',
    url,
    '--name',
    'feed',
    '--allow-private',
  )
  assert.deepEqual([source.kind, source.taken, source.lastRun?.outcome], ['feed', 1, 'done'])

  const listed = flat(await own.run('source', 'list'))
  assert.match(listed, /local folder 2 – whole/)
  assert.match(listed, /feed feed 1 – whole/)
  server.closeAllConnections()
  server.close()
  const failed = await own.run('source', 'update', 'feed')
  assert.equal(failed.code, 1)
  assert.match(flat(failed), /Not read as a whole: feed .* not-answered: .* nobody answers/)
  assert.equal((await own.run('source', 'remove', 'feed')).code, 0)
  const gone = await own.run('source', 'show', 'feed')
  assert.match(flat(gone), /no source is called "feed"/)
  const wrong = await own.run('source', 'add', 'example.org', '--kind', 'atom')
  assert.equal(wrong.code, 2)
  assert.match(flat(wrong), /--kind is csaf, feed or folder/)
})
