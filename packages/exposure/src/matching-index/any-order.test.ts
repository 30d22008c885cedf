import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { Rule } from '../match/rule.ts'
import { MatchIndex } from './index.ts'
import { below, inside } from './made-up-rules.fixture.ts'
import { dump, linesOfAdvisory, linesOfInventory, PlainModel } from './plain-model.fixture.ts'

const names = ['a', 'b', 'c', 'whole']
const version = fc.constantFrom('1.0.0', '1.5.0', '2.0.0', 'v1.0.0', '', 'no version')
const key = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...names.map((name) => `pkg:npm/${name}`)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
)
const component = fc.record({
  keys: fc.array(key, { maxLength: 3 }),
  version: fc.option(fc.oneof(version, fc.string({ unit: 'binary', maxLength: 3 })), { nil: undefined }),
})
const components = fc.array(component, { maxLength: 6 })
const inventory = fc.constantFrom('one', 'two', 'three', 'four')
const advisory = fc.constantFrom('A', 'B', 'C')
const rule: fc.Arbitrary<Rule> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...names), version, key, fc.boolean())
    .map(([name, fixed, key, isNamed]) => below(name, fixed, isNamed ? {} : { key })),
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)).map(([name, whole]) => inside(name, whole)),
)
const change = fc.oneof(
  fc.record({ do: fc.constant('put' as const), inventory, components }),
  fc.record({ do: fc.constant('load' as const), all: fc.array(fc.tuple(inventory, components), { maxLength: 4 }) }),
  fc.record({ do: fc.constant('remove' as const), inventory }),
  fc.record({ do: fc.constant('advise' as const), advisory, rules: fc.array(rule, { maxLength: 3 }) }),
  fc.record({ do: fc.constant('retract' as const), advisory }),
)

type Change = typeof change extends fc.Arbitrary<infer C> ? C : never

function apply(each: Change, index: MatchIndex, model: PlainModel): void {
  switch (each.do) {
    case 'put':
      index.putInventory(each.inventory, each.components)
      model.inventories.set(each.inventory, each.components)
      break
    case 'load': {
      const loader = index.load()
      for (const [inventory, components] of each.all) {
        loader.add(inventory, components)
        model.inventories.set(inventory, components)
      }
      loader.end()
      break
    }
    case 'remove':
      assert.equal(index.removeInventory(each.inventory), model.inventories.delete(each.inventory))
      break
    case 'advise':
      index.putAdvisory(each.advisory, each.rules)
      model.advisories.set(each.advisory, each.rules)
      break
    case 'retract':
      assert.equal(index.removeAdvisory(each.advisory), model.advisories.delete(each.advisory))
      break
  }
}

/** An index that has all of it, put in at once. */
function builtAtOnce({ inventories, advisories }: PlainModel): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  const index = new MatchIndex(database)
  for (const [id, rules] of advisories) index.putAdvisory(id, rules)
  const loader = index.load()
  for (const [id, components] of [...inventories].reverse()) loader.add(id, components)
  loader.end()
  return database
}

/** The index and the model, each change made in both. */
function changed(changes: readonly Change[]): {
  database: DatabaseSync
  index: MatchIndex
  model: PlainModel
} {
  const database = new DatabaseSync(':memory:')
  const index = new MatchIndex(database)
  const model = new PlainModel()
  for (const each of changes) apply(each, index, model)
  return { database, index, model }
}

describe('whatever was put in, replaced and removed', () => {
  it('both directions find what looking at every pair finds', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const { database, index, model } = changed(changes)
        const expected = model.allLines()
        const byAdvisory = [...model.advisories.keys()].flatMap((id) => linesOfAdvisory(id, index.inventoriesOf(id)))
        assert.deepEqual(byAdvisory.sort(), expected)
        const byInventory = [...model.inventories.keys()].flatMap((id) => linesOfInventory(id, index.advisoriesOf(id)))
        assert.deepEqual(byInventory.sort(), expected)
        database.close()
      }),
      { numRuns: 200 },
    )
  })

  it('small changes leave the same content as one load of what is left', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
        const { database, model } = changed(changes)
        const atOnce = builtAtOnce(model)
        assert.deepEqual(dump(database), dump(atOnce))
        database.close()
        atOnce.close()
      }),
      { numRuns: 200 },
    )
  })
})
