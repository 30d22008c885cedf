import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from './temporary-folder.ts'
import { dropView, openView } from './view.ts'

const schema = 'CREATE TABLE party (urn TEXT PRIMARY KEY, name TEXT) STRICT'
const meta = { origin: 'log.example.org', schema: '3', ruleset: '1' }

test('a view keeps its rows and how far it came', (context) => {
  const path = join(temporaryFolder(context), 'public.db')
  const view = openView(path, { schema, meta })
  assert.ok(view.isNew)
  assert.deepEqual(view.meta, { ...meta, size: 0, root: '' })
  view.transaction(() => {
    view.prepare('INSERT INTO party VALUES (?, ?)').run('urn', 'name')
    view.setProgress(7, 'ab')
  })
  view.close()
  const again = openView(path, { schema, meta })
  assert.ok(!again.isNew)
  assert.deepEqual(again.meta, { ...meta, size: 7, root: 'ab' })
  assert.equal(again.prepare('SELECT name FROM party').get()?.['name'], 'name')
  again.close()
})

test('another origin, schema, ruleset or table text makes the view anew', (context) => {
  const path = join(temporaryFolder(context), 'public.db')
  const first = openView(path, { schema, meta })
  first.setProgress(7, 'ab')
  first.close()
  const others = [
    { schema, meta: { ...meta, origin: 'other.example.org' } },
    { schema, meta: { ...meta, schema: '4' } },
    { schema, meta: { ...meta, ruleset: '2' } },
    { schema: `${schema};`, meta },
  ]
  for (const options of others) {
    assert.throws(() => openView(path, { ...options, readOnly: true }), { code: 'wrong-format' })
    const view = openView(path, options)
    assert.ok(view.isNew)
    assert.equal(view.meta.size, 0)
    view.close()
  }
})

test('a file that is no database is replaced', (context) => {
  const path = join(temporaryFolder(context), 'public.db')
  writeFileSync(path, 'this is not a database, but it is long enough to be looked at as one'.repeat(20))
  const view = openView(path, { schema, meta })
  assert.ok(view.isNew)
  view.close()
})

test('a transaction that throws leaves nothing, one inside another joins it', (context) => {
  const view = openView(join(temporaryFolder(context), 'public.db'), { schema, meta })
  const add = (urn: string): unknown => view.prepare('INSERT INTO party VALUES (?, ?)').run(urn, urn)
  const count = (): unknown => view.prepare('SELECT count(*) AS n FROM party').get()?.['n']
  const failing = (): void => {
    view.transaction(() => {
      add('a')
      view.transaction(() => add('b'))
      throw new Error('no')
    })
  }
  assert.throws(failing, /no/)
  assert.equal(count(), 0)
  assert.equal(
    view.transaction(() => (add('a'), 'result')),
    'result',
  )
  assert.equal(count(), 1)
  view.close()
  view.close()
})

test('the same SQL text is prepared once', (context) => {
  const view = openView(join(temporaryFolder(context), 'public.db'), { schema, meta })
  assert.equal(view.prepare('SELECT 1'), view.prepare('SELECT 1'))
  view.close()
})

test('a reader sees what is committed and can change nothing', (context) => {
  const path = join(temporaryFolder(context), 'public.db')
  assert.throws(() => openView(path, { schema, meta, readOnly: true }), { code: 'wrong-format' })
  assert.ok(!existsSync(path))
  const writer = openView(path, { schema, meta })
  const reader = openView(path, { schema, meta, readOnly: true })
  writer.setProgress(3, 'cd')
  assert.equal(reader.meta.size, 3)
  assert.throws(() => reader.setProgress(4, 'ef'))
  reader.close()
  writer.close()
})

test('a dropped view leaves no file', (context) => {
  const path = join(temporaryFolder(context), 'public.db')
  openView(path, { schema, meta }).close()
  dropView(path)
  dropView(path)
  for (const suffix of ['', '-wal', '-shm']) assert.ok(!existsSync(path + suffix))
})
