import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openFiles } from '@comity/store'
import type { Filing } from './filings.ts'
import { progressAfter, refusalsKept, SeatRecord, type SeatRefusal } from './seat-record.ts'

const refusal = (number: number): SeatRefusal => ({
  id: number.toString(16).padStart(64, '0'),
  urn: `case ${number % 3}`,
  name: 'close',
  by: 'somebody',
  origin: 'home.example',
  index: number,
  at: number,
  code: 'not-possible-now',
  detail: 'possible now: reply',
  refusedAt: number,
  refusal: 'AQID',
})

test('the newest refusals are kept, across a restart too, and the oldest are given up', async (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'comity-seat-record-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const total = refusalsKept + 40
  const before = await openFiles({ directory })
  const record = new SeatRecord(before.cells)
  const from = (start: number, end: number) =>
    Promise.all(Array.from({ length: end - start }, (_, i) => record.refuse(refusal(start + i))))
  await from(0, refusalsKept)
  await from(refusalsKept, total)
  await record.advance('home.example', { upTo: total, waiting: [3] }, true)
  await record.advance('other.example', { upTo: 9, waiting: [] }, false)
  await before.close()
  const after = await openFiles({ directory })
  for (const each of [record, new SeatRecord(after.cells)]) {
    assert.equal(each.refused, total)
    assert.equal(each.isRefused(refusal(39).id), false)
    assert.equal(each.isRefused(refusal(40).id), true)
    assert.deepEqual(each.progressOf('home.example'), { upTo: total, waiting: [3] })
    const shown = ['case 0', 'case 1', 'case 2'].flatMap((urn) => each.refusalsOf(urn))
    assert.equal(shown.length, refusalsKept)
    assert.deepEqual(
      each.refusalsOf('case 1').map(({ index }) => index),
      each
        .refusalsOf('case 1')
        .map(({ index }) => index)
        .toSorted((one, other) => other - one),
    )
  }
  assert.deepEqual(record.progressOf('other.example'), { upTo: 9, waiting: [] })
  assert.deepEqual(new SeatRecord(after.cells).progressOf('other.example'), { upTo: 0, waiting: [] })
  const again = new SeatRecord(after.cells)
  await again.refuse(refusal(total))
  assert.equal(new SeatRecord(after.cells).isRefused(refusal(total).id), true)
  await after.close()
})

test('a log is looked at no further than to a move that was left, nor to the first that waits and is one too many', () => {
  // Safe: nothing else of it is looked at.
  const at = (index: number) => ({ effective: index }) as Filing
  assert.deepEqual(progressAfter([], undefined, 90), { upTo: 90, waiting: [] })
  assert.deepEqual(progressAfter([at(7), at(3)], at(50), 90), { upTo: 50, waiting: [3, 7] })
  const many = Array.from({ length: 300 }, (_, i) => at(i))
  const { upTo, waiting } = progressAfter(many, undefined, 900)
  assert.deepEqual([upTo, waiting.length, waiting.at(-1)], [256, 256, 255])
})
