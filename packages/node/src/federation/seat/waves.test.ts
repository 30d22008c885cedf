import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Filing } from './filings.ts'
import { dueIn, inOrder, nextWave } from './waves.ts'

const filings = fc
  .array(fc.record({ urn: fc.nat(3), by: fc.nat(4), origin: fc.nat(2), at: fc.nat(9), waits: fc.nat(9) }), {
    maxLength: 60,
  })
  .map((list) =>
    list.map(({ urn, by, origin, at, waits }, i): Filing & { readonly waits: boolean } => ({
      position: i,
      effective: i,
      origin: `log ${origin}`,
      id: String(i),
      urn: `case ${urn}`,
      name: 'reply',
      by: `party ${by}`,
      party: by,
      at,
      waits: waits === 0,
    })),
  )

test('moves of a case come in the order in which they were filed, and nobody waits but for himself', () => {
  fc.assert(
    fc.property(filings, (given) => {
      const ordered: readonly Filing[] = given.toSorted(inOrder)
      const taken: Filing[] = []
      const waiting: Filing[] = []
      for (let left: readonly Filing[] = ordered; left.length > 0;) {
        const { wave, rest, held } = nextWave(left, waiting)
        assert.ok(wave.length + held.length > 0, 'it goes on')
        assert.equal(new Set(wave.map(({ urn }) => urn)).size, wave.length)
        assert.equal(new Set(wave.map(({ by }) => by)).size, wave.length)
        waiting.push(...held)
        for (const filing of wave) (given[filing.position]?.waits === true ? waiting : taken).push(filing)
        left = rest
      }
      assert.equal(taken.length + waiting.length, given.length)
      for (const key of ['urn', 'by'] as const)
        for (const value of new Set(taken.map((each) => each[key]))) {
          const those = taken.filter((each) => each[key] === value)
          assert.deepEqual(those, those.toSorted(inOrder))
        }
      for (const filing of waiting) {
        const isHeld = ordered
          .slice(0, ordered.indexOf(filing) + 1)
          .some(({ urn, by, position }) => urn === filing.urn && by === filing.by && given[position]?.waits === true)
        assert.ok(isHeld, 'an earlier one of its author in the case waits')
      }
    }),
    { numRuns: 200 },
  )
})

test('while a log has more than was read of it, what others have filed since waits', () => {
  // Safe: nothing else of it is looked at.
  const at = (origin: string, time: number) => ({ origin, at: time, effective: time }) as Filing
  const long = [at('a', 1), at('a', 5)]
  const short = [at('b', 2), at('b', 5), at('b', 9)]
  const isDue = dueIn([
    { filings: long, seenTo: 6 },
    { filings: short, seenTo: undefined },
  ])
  assert.deepEqual([...long, ...short].map(isDue), [true, true, true, false, false])
  assert.ok(short.every(dueIn([{ filings: short, seenTo: undefined }])))
})
