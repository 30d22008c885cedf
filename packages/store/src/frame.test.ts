import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { OpenFile } from './file-system.ts'
import { encodeGroup, findGroupStart, frameHeaderBytes, framedBytes, scanFrames } from './frame.ts'

const seed = 0x1234_5678

function fileOf(bytes: Uint8Array): OpenFile {
  const nothing = async (): Promise<void> => undefined
  return {
    pread: (target, position) => {
      const part = bytes.subarray(position, position + target.length)
      target.set(part)
      return part.length
    },
    pwrite: () => 0,
    fdatasync: nothing,
    fsync: nothing,
    truncate: () => undefined,
    size: () => bytes.length,
    close: () => undefined,
  }
}

function encoded(batches: readonly (readonly Uint8Array[])[], offset = 0): Buffer {
  const target = Buffer.alloc(batches.reduce((sum, batch) => sum + framedBytes(batch), 0))
  assert.equal(encodeGroup(target, batches, offset, seed), target.length)
  return target
}

const batchesOf = fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 4,
})

test('what was encoded is found again', () => {
  fc.assert(
    fc.property(batchesOf, (batches) => {
      const bytes = encoded(batches)
      const scan = scanFrames(fileOf(bytes), seed, 0, bytes.length)
      assert.deepEqual(
        scan.lengths,
        batches.flat().map((record) => record.length),
      )
      assert.equal(scan.end, bytes.length)
      assert.equal(scan.brokenAt, undefined)
    }),
  )
})

test('a file cut anywhere yields whole batches only', () => {
  fc.assert(
    fc.property(batchesOf, fc.nat(), (batches, cut) => {
      const bytes = encoded(batches)
      const size = cut % bytes.length
      const scan = scanFrames(fileOf(bytes.subarray(0, size)), seed, 0, size)
      let records = 0
      let end = 0
      for (const batch of batches) {
        if (end + framedBytes(batch) > size) break
        records += batch.length
        end += framedBytes(batch)
      }
      assert.equal(scan.lengths.length, records)
      assert.equal(scan.end, end)
    }),
  )
})

test('one changed bit anywhere is found, at the frame that holds it', () => {
  fc.assert(
    fc.property(batchesOf, fc.nat(), fc.nat(7), (batches, place, bit) => {
      const bytes = encoded(batches)
      const at = place % bytes.length
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at)
      const { brokenAt } = scanFrames(fileOf(bytes), seed, 0, bytes.length)
      assert.ok(brokenAt !== undefined && brokenAt <= at)
      assert.ok(framesBefore(batches, brokenAt))
    }),
  )
})

function framesBefore(batches: readonly (readonly Uint8Array[])[], offset: number): boolean {
  let at = 0
  for (const record of batches.flat()) {
    if (at === offset) return true
    at += frameHeaderBytes + record.length
  }
  return false
}

test('a frame at another offset or under another seed is none', () => {
  const bytes = encoded([[Buffer.from('record')]], 100)
  const moved = Buffer.concat([Buffer.alloc(200), bytes])
  assert.equal(scanFrames(fileOf(moved), seed, 200, moved.length).brokenAt, 200)
  const inPlace = Buffer.concat([Buffer.alloc(100), bytes])
  assert.equal(scanFrames(fileOf(inPlace), seed, 100, inPlace.length).lengths.length, 1)
  assert.equal(scanFrames(fileOf(inPlace), seed + 1, 100, inPlace.length).brokenAt, 100)
})

test('zeros, as a file system may leave them behind a crash, are no frames', () => {
  const zeros = Buffer.alloc(5000)
  assert.deepEqual(scanFrames(fileOf(zeros), seed, 0, zeros.length), { lengths: [], end: 0, brokenAt: 0 })
})

test('the first frame of a later group is found behind broken bytes, frames of the same group are not', () => {
  const first = encoded([[Buffer.from('one'), Buffer.from('two')]])
  const second = encoded([[Buffer.from('three')]], first.length)
  const bytes = Buffer.concat([first, second])
  bytes.fill(0xee, 0, 9)
  assert.equal(findGroupStart(fileOf(bytes), seed, 1, bytes.length), first.length)
  assert.equal(findGroupStart(fileOf(first), seed, 1, first.length), undefined)
})
