import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { backupTruth } from './backup.ts'
import { directoryNameOf, isStreamName, streamNameOf } from './folder.ts'
import { openFiles } from './open-files.ts'
import { openReadOnly } from './read-only.ts'
import { restoreBackup } from './restore.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Names as other people's logs have them, and as nobody should be able to choose them. */
const names = [
  'mirror/log.example.org',
  'mirror/log.example.org/a',
  'mirror/log.example.org/A',
  'mirror/log.example.org:443/a/../b',
  'mirror/..',
  '..',
  '.',
  'mirror/a%2Fb',
  'mirror/~ab',
]

test('a name is one folder, the same on file systems that fold case, and leads nowhere else', () => {
  const folders = names.map(directoryNameOf)
  assert.equal(new Set(folders.map((folder) => folder.toLowerCase())).size, names.length)
  for (const [i, folder] of folders.entries()) {
    assert.match(folder, /^[a-z0-9_%A-F-][a-z0-9_.%A-F-]*$/)
    assert.equal(streamNameOf(folder), names[i])
  }
})

test('whatever the name, it is refused or comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 260 }), (name) => {
      if (!isStreamName(name)) return assert.throws(() => directoryNameOf(name), { code: 'bad-name' })
      const folder = directoryNameOf(name)
      assert.ok(folder.length <= 240 && !folder.includes('/') && !folder.startsWith('.'))
      assert.equal(streamNameOf(folder), name)
    }),
  )
  assert.equal(isStreamName(`mirror/${'a'.repeat(193)}`), true)
  assert.equal(isStreamName(`mirror/${'a'.repeat(194)}`), false)
  assert.equal(isStreamName(`mirror/${'A'.repeat(80)}`), false)
})

test('streams of such names are kept apart, also by a backup and by whoever only looks', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  for (const name of names) await (await truth.stream(name)).append([Buffer.from(name)])
  assert.deepEqual([...truth.streams()].sort(), [...names].sort())
  const copy = join(temporaryFolder(context), 'backup')
  await backupTruth(truth, copy, { at: 1 })
  await truth.close()
  assert.equal(readdirSync(join(directory, 'streams')).length, names.length)
  const target = join(temporaryFolder(context), 'restored')
  await restoreBackup(copy, target, { at: 2 })
  for (const folder of [directory, target]) {
    const seen = openReadOnly(folder)
    for (const name of names) {
      const stream = seen.stream(name)
      assert.equal(Buffer.from(stream.readRange(0, 1)[0] ?? []).toString(), name)
      stream.close()
    }
  }
})
