import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { openView } from './view.ts'
import { WalKeeper } from './wal-keeper.ts'

const schema = 'CREATE TABLE row (row INTEGER PRIMARY KEY, bytes BLOB NOT NULL)'
const meta = { origin: 'log.example', schema: '1', ruleset: '1' }

/** Writes `count` rows of 4 KiB, a transaction each, and lets the thread have its say in between. */
async function write(path: string, count: number, keep: boolean): Promise<{ log: number; rows: number }> {
  const view = openView(path, { schema, meta })
  const errors: unknown[] = []
  const keeper = keep
    ? new WalKeeper(
        view,
        async (work) => work(),
        (error) => errors.push(error),
        2000,
      )
    : undefined
  if (keeper === undefined) view.database.exec('PRAGMA wal_autocheckpoint = 0')
  const bytes = new Uint8Array(4096).fill(1)
  let log = 0
  for (let row = 0; row < count; row++) {
    view.transaction(() => view.prepare('INSERT INTO row (bytes) VALUES (?)').run(bytes))
    if (row % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    else await turn()
    log = Math.max(log, statSync(`${path}-wal`).size)
  }
  await keeper?.close()
  const rows = Number(view.prepare('SELECT count(*) AS n FROM row').get()?.['n'])
  view.close()
  assert.deepEqual(errors, [])
  return { log, rows }
}

test('the log of a busy view stays small while its writer never folds', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'comity-wal-'))
  try {
    const left = await write(join(directory, 'left.db'), 6000, false)
    const kept = await write(join(directory, 'kept.db'), 6000, true)
    assert.equal(left.rows, 6000)
    assert.equal(kept.rows, 6000)
    assert.ok(left.log > 48 << 20, `nobody folded, and the log has only ${left.log} bytes`)
    assert.ok(kept.log < left.log / 2, `the log grew to ${kept.log} bytes of ${left.log}`)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})

test('closing twice ends one thread', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'comity-wal-'))
  try {
    const view = openView(join(directory, 'a.db'), { schema, meta })
    const keeper = new WalKeeper(view, async (work) => work(), assert.ifError)
    await keeper.close()
    await keeper.close()
    view.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
