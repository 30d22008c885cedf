import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFiles } from '@comity/store'
import { MirrorCell, withForged } from './mirror-record.ts'

const empty = { keeper: 'k', state: 'following', forged: [], seen: [] } as const

test('changes that are made at a time are all kept, and are there after a restart', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'comity-cell-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const truth = await openFiles({ directory })
  const cell = MirrorCell.open(truth.cells, 'mirror/a.example', 'k')
  assert.deepEqual(cell.record, empty)
  const documents = { below: 7, again: [] }
  await Promise.all([cell.change({ head: 'one' }), cell.change({ documents }), cell.change({ head: 'two' })])
  const expected = { ...empty, head: 'two', documents }
  assert.deepEqual(cell.record, expected)
  // Somebody else who writes it is noticed, and heard of at each attempt.
  await truth.cells.compareAndSet('mirror/a.example', 3, Buffer.from(JSON.stringify(expected)))
  await assert.rejects(cell.change({ head: 'three' }), { code: 'mirror-not-written' })
  await assert.rejects(cell.change({ head: 'four' }), { code: 'mirror-not-written' })
  assert.deepEqual(MirrorCell.open(truth.cells, 'mirror/a.example', 'other').record, expected)
  await truth.close()
})

test('wrong signatures are listed up to a number, and from there on have to be looked at again', () => {
  assert.deepEqual(withForged(empty, []), {})
  const few = { ...empty, ...withForged(empty, [5, 3]) }
  assert.deepEqual(few.forged, [3, 5])
  assert.deepEqual(withForged(few, [5]), {})
  const many = {
    ...few,
    ...withForged(
      few,
      Array.from({ length: 1100 }, (_, i) => 10 + i),
    ),
  }
  assert.deepEqual([many.forged.length, many.forged.at(-1), many.recheckFrom], [1024, 1031, 1032])
  assert.deepEqual(withForged(many, [2000]), {})
})
