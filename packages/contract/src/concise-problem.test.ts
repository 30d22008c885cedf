import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ConciseProblem, decodeConciseProblem, encodeConciseProblem } from './index.ts'

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

test('title and detail are the entries -1 and -2 of RFC 9290', () => {
  const bytes = encodeConciseProblem({ title: 'Rejected', detail: 'no' })
  assert.equal(Buffer.from(bytes).toString('hex'), 'a2206852656a656374656421626e6f')
})

test('code, pointer and refusal stand in a map under a URI of ours', () => {
  const problem = { title: 'Rejected', detail: 'no', code: 'not-yours', pointer: '/a', refusal: Uint8Array.of(1, 2) }
  const bytes = encodeConciseProblem(problem)
  assert.ok(Buffer.from(bytes).includes('urn:comity:problem'))
  assert.deepEqual(decodeConciseProblem(bytes), problem)
})

test('what is encoded is decoded to the same', () => {
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
  const problems: fc.Arbitrary<ConciseProblem> = fc.record({
    title: fc.string({ unit: 'grapheme' }),
    detail: optional(fc.string({ unit: 'grapheme', maxLength: 400 })),
    code: optional(fc.string()),
    pointer: optional(fc.string({ minLength: 1 })),
    refusal: optional(fc.uint8Array({ maxLength: 70_000, size: 'max' })),
  })
  fc.assert(
    fc.property(problems, (problem) => {
      const given = Object.fromEntries(Object.entries(problem).filter(([, value]) => value !== undefined))
      assert.deepEqual({ ...decodeConciseProblem(encodeConciseProblem(problem)) }, given)
    }),
  )
})

test('entries that nobody here knows are skipped', () => {
  // { -1: "x", -4: 160, 7: { "a": [1, { }] }, "https://other.invalid": { 1: h'00' } }
  const bytes = hex('a4 20 6178 23 18a0 07 a1 6161 82 01 a0 75 68747470733a2f2f6f746865722e696e76616c6964 a1 01 4100')
  assert.deepEqual(decodeConciseProblem(bytes), { title: 'x' })
})

test('bytes that are no problem are none, whatever they are', () => {
  for (const wrong of ['', 'a1', 'a120', '8120', 'a12061', 'bf206178ff', 'a0', `a120${'81'.repeat(100)}`]) {
    assert.equal(decodeConciseProblem(hex(wrong)), undefined, wrong)
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeConciseProblem(bytes)
    }),
  )
})
