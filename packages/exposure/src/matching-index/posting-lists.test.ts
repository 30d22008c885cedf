import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import * as fc from 'fast-check'
import { inventoryLimit, itemLimit, placeOf, PostingLists } from './posting-lists.ts'
import { createTables } from './schema.ts'

/** A run of inventories of one item, of which every `step`-th comes or goes. */
const run = fc.record({
  item: fc.constantFrom(1, 2, itemLimit - 1),
  from: fc.oneof(
    fc.integer({ min: 1, max: 4000 }),
    fc.integer({ min: inventoryLimit - 4000, max: inventoryLimit - 1 }),
  ),
  length: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3000 })),
  step: fc.integer({ min: 1, max: 300 }),
  comes: fc.boolean(),
})

function read(lists: PostingLists, item: number): number[] {
  const inventories: number[] = []
  lists.read(item, (inventory) => inventories.push(inventory))
  return inventories
}

it('lists hold what was put in and not taken out, in order and in small chunks', () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
      const database = new DatabaseSync(':memory:')
      createTables(database)
      const lists = new PostingLists(database)
      const model = new Map<number, Set<number>>()
      for (const { item, from, length, step, comes } of runs) {
        let held = model.get(item)
        if (held === undefined) model.set(item, (held = new Set()))
        const before = held.size
        const changed: number[] = []
        for (let inventory = from; inventory < Math.min(from + length * step, inventoryLimit); inventory += step) {
          if (held.has(inventory) === comes) continue
          changed.push(placeOf(item, inventory))
          if (comes) held.add(inventory)
          else held.delete(inventory)
        }
        const none = new Float64Array(0)
        const places = Float64Array.from(changed)
        const emptied = lists.change(comes ? places : none, comes ? none : places)
        assert.deepEqual(emptied, held.size === 0 && before > 0 ? [item] : [])
      }
      for (const [item, held] of model)
        assert.deepEqual(
          read(lists, item),
          [...held].sort((a, b) => a - b),
        )
      const largest = database.prepare('SELECT max(length(list)) AS bytes FROM indexed_posting').get()?.['bytes']
      assert.ok(Number(largest) < 4096)
      database.close()
    }),
    { numRuns: 100 },
  )
})

it('what comes and goes at once in one list ends as it should', () => {
  const database = new DatabaseSync(':memory:')
  createTables(database)
  const lists = new PostingLists(database)
  const places = (from: number, to: number, step: number): Float64Array =>
    Float64Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => placeOf(7, from + i * step))
  lists.change(places(1000, 9000, 2), new Float64Array(0))
  lists.change(places(1, 9001, 2), places(1000, 9000, 2))
  assert.deepEqual(
    read(lists, 7),
    Array.from({ length: 4500 }, (_, i) => 1 + i * 2),
  )
  database.close()
})

it('inventories that come in descending order share chunks', () => {
  const database = new DatabaseSync(':memory:')
  createTables(database)
  const lists = new PostingLists(database)
  for (let inventory = 3000; inventory > 0; inventory--) {
    lists.change(Float64Array.of(placeOf(1, inventory)), new Float64Array(0))
  }
  assert.equal(read(lists, 1).length, 3000)
  const chunks = Number(database.prepare('SELECT count(*) AS n FROM indexed_posting').get()?.['n'])
  assert.ok(chunks < 10, `${chunks} chunks`)
  database.close()
})
