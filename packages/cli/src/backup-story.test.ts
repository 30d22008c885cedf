/** Backups through a running node, and restored nodes: what is said when something is not as it should be. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { corner } from './cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

test('a backup that a running node cannot make says what is wrong with which folder, and leaves nothing behind', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  const server = await own.serve('serve')
  mkdirSync(join(own.path, 'full'))
  writeFileSync(join(own.path, 'full/a'), '')
  const inPlace = join(own.path, 'data/backup')
  const cases: readonly (readonly [readonly string[], number, string, RegExp])[] = [
    [['full'], 3, 'target-not-empty', /full must be empty or not exist, it holds a/],
    [['full/a/x'], 3, 'target-not-writable', /full\/a\/x .*machine of the node/],
    [[inPlace], 3, 'target-not-empty', /lies within .*data, which it copies/],
    ...(process.platform === 'linux'
      ? ([[['/proc/nope'], 3, 'target-not-writable', /\/proc\/nope .*machine of the node/]] as const)
      : []),
  ]
  for (const [words, exit, code, says] of cases) {
    const { code: ended, stderr } = await own.run('backup', ...words)
    assert.equal(ended, exit, stderr)
    assert.match(plain(stderr), says)
    assert.match(stderr, new RegExp(`code ${code}`))
    assert.doesNotMatch(stderr, /Error inside the node/)
  }
  assert.deepEqual(readdirSync(join(own.path, 'full')), ['a'])
  assert.ok(!readdirSync(join(own.path, 'data')).includes('backup'))
  const elsewhere = await corner(context).run('backup', 'x', '--node', server.url)
  assert.equal(elsewhere.code, 2, elsewhere.stderr)
  assert.match(
    plain(elsewhere.stderr),
    /"x" is a folder on the machine of the node at http\S+: give its absolute path there/,
  )
  const { directory } = await own.json<{ directory: string }>('backup', 'fine/deep')
  assert.equal(directory, join(own.path, 'fine/deep'))
  await server.stop()
  const offline = await own.run('backup', 'full')
  assert.equal(offline.code, 2, offline.stderr)
  assert.match(offline.stderr, /code not-empty/)
})

test('a checkpoint that is none is said to be none, and which; a node that resumes reminds of the old one', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  const server = await own.serve('serve')
  await own.json('backup', 'backup')
  await own.json('restore', 'backup', '--data', 'one')
  writeFileSync(join(own.path, 'empty.txt'), '')
  writeFileSync(join(own.path, 'words.txt'), 'no checkpoint\n')
  for (const [file, says] of [
    ['empty.txt', /empty\.txt is empty: .*a checkpoint/],
    ['words.txt', /words\.txt is no checkpoint: /],
  ] as const) {
    const { code, stderr } = await own.run('restore', '--checkpoint', file, '--data', 'one')
    assert.equal(code, 2, stderr)
    assert.match(plain(stderr), says)
  }
  const resumed = await own.run('restore', '--checkpoint', server.url, '--data', 'one')
  assert.equal(resumed.code, 0, resumed.stderr)
  assert.match(plain(resumed.stdout), /Stop the old node, if it still runs: two that sign one log fork it/)
  const taken = await own.run('restore', 'backup', '--data', 'one')
  assert.equal(taken.code, 2, taken.stderr)
  assert.match(taken.stderr, /code not-empty/)
})

test('a restore that is broken off leaves no half of a data folder', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  await own.json('backup', 'backup')
  // The copies are whole, and only the restored stream shows that the manifest counted otherwise.
  const manifest = join(own.path, 'backup/manifest.json')
  const counted = JSON.parse(readFileSync(manifest, 'utf8'))
  for (const stream of counted.streams) stream.size += 1
  writeFileSync(manifest, JSON.stringify(counted))
  const broken = await own.run('restore', 'backup', '--data', 'one/two')
  assert.match(broken.stderr, /code damaged/)
  assert.ok(!readdirSync(own.path).includes('one'), broken.stderr)
})
