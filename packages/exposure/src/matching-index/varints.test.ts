import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { readVarints, VarintWriter } from './varints.ts'

it('numbers are written as LEB128 writes them', () => {
  const writer = new VarintWriter()
  for (const value of [0, 5, 127, 128, 300, 2 ** 31 - 1]) writer.write(value)
  assert.equal(Buffer.from(writer.take()).toString('hex'), '00057f8001ac02ffffffff07')
})

it('numbers that are written are read again', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 2000 }), (values) => {
      const writer = new VarintWriter()
      for (const value of values) writer.write(value)
      assert.deepEqual(readVarints(writer.take()), values)
    }),
  )
})

it('a list that is cut off is refused', () => {
  assert.throws(() => readVarints(Uint8Array.of(5, 0x80)), { code: 'bad-index' })
})
