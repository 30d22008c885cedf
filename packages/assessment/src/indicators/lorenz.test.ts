import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lorenz, type Share } from './lorenz.ts'

const near = 1e-9

function gini(shares: readonly Share[]): number {
  const found = lorenz(shares)
  assert.ok(found)
  return found.gini
}

function isNear(actual: number, expected: number, within = near): void {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`)
}

const share = fc.record({ population: fc.integer({ min: 1, max: 1e9 }), amount: fc.integer({ min: 0, max: 1e9 }) })
const some = fc.array(share, { minLength: 1, maxLength: 30 }).filter((all) => all.some(({ amount }) => amount > 0))

test('the coefficient lies between 0 and 1, and the curve is convex below the diagonal', () => {
  fc.assert(
    fc.property(some, (shares) => {
      const found = lorenz(shares)
      assert.ok(found)
      const { points } = found
      assert.ok(found.gini >= 0 && found.gini < 1)
      assert.deepEqual(points[0], { population: 0, amount: 0 })
      isNear(points.at(-1)?.population ?? 0, 1)
      isNear(points.at(-1)?.amount ?? 0, 1)
      let slope = 0
      for (const [i, point] of points.entries()) {
        assert.ok(point.amount <= point.population + near)
        const before = points[i - 1]
        if (before === undefined) continue
        const next = (point.amount - before.amount) / (point.population - before.population)
        assert.ok(next >= slope * (1 - 1e-6) - near)
        slope = next
      }
    }),
  )
})

test('neither the unit of what is shared nor that of the people changes it, nor the order of the groups', () => {
  const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
  fc.assert(
    fc.property(some, factor, factor, (shares, people, things) => {
      const scaled = shares.map(({ population, amount }) => ({
        population: population * people,
        amount: amount * things,
      }))
      isNear(gini(scaled), gini(shares))
      isNear(gini(shares.toReversed()), gini(shares))
    }),
  )
})

test('where everybody has the same it is 0', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(counts, fc.integer({ min: 1, max: 1000 }), (populations, each) => {
      isNear(gini(populations.map((population) => ({ population, amount: population * each }))), 0)
    }),
  )
})

test('a country that is counted in two equal halves changes nothing', () => {
  fc.assert(
    fc.property(some, (shares) => {
      const halves = shares.flatMap(({ population, amount }) =>
        [0, 1].map(() => ({ population: population / 2, amount: amount / 2 })),
      )
      isNear(gini(halves), gini(shares))
    }),
  )
})

test('what goes from those who have more to those who have less lowers it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), some, (low, more, others) => {
      const pair = (given: number) => [
        { population: 1000, amount: low + given },
        { population: 1000, amount: low + 2 * more - given },
      ]
      assert.ok(gini([...others, ...pair(more)]) <= gini([...others, ...pair(0)]) + near)
    }),
  )
})

test('closed forms: one of n has all, two groups, and amounts that grow by a power', () => {
  for (const n of [2, 3, 10, 215]) {
    isNear(gini(Array.from({ length: n }, (_, i) => ({ population: 1, amount: i === 0 ? 1 : 0 }))), (n - 1) / n)
  }
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (people, part) => {
        // A share `people` of the population has a smaller share of the whole: the area is that of a triangle.
        const has = people * part
        const two = [
          { population: people, amount: has },
          { population: 1 - people, amount: 1 - has },
        ]
        isNear(gini(two), people - has)
      },
    ),
  )
  // The curve p^k has the coefficient (k − 1) / (k + 1); a thousand straight pieces come near.
  for (const k of [1, 2, 3, 5]) {
    const pieces = Array.from({ length: 1000 }, (_, i) => ({
      population: 1,
      amount: ((i + 1) / 1000) ** k - (i / 1000) ** k,
    }))
    isNear(gini(pieces), (k - 1) / (k + 1), 1e-5)
  }
})

test('there is none where nobody is counted, or nothing is shared', () => {
  assert.equal(lorenz([]), undefined)
  assert.equal(lorenz([{ population: 0, amount: 5 }]), undefined)
  assert.equal(lorenz([{ population: 5, amount: 0 }]), undefined)
})
