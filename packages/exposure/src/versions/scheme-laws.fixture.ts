/** What the tests of every scheme ask: lists of its own versions, and the laws of a total order. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { maxVersionLength, type VersionScheme } from './version-scheme.ts'

interface Expected {
  readonly scheme: VersionScheme
  /** Each list ascends strictly. */
  readonly ascending: readonly (readonly string[])[]
  /** Each list is of one precedence. */
  readonly equal?: readonly (readonly string[])[]
  /** What is no version, and a part of the reason that is given. */
  readonly refused: readonly (readonly [text: string, reason: RegExp])[]
  /** Pairs of versions that have no order, though each is a version. */
  readonly unordered?: readonly (readonly [a: string, b: string])[]
  /** What versions are put together from, at random. */
  readonly pieces: readonly string[]
  /** What every one of them begins and ends with. */
  readonly from?: string
  readonly to?: string
}

/** Declares the tests of a scheme. */
export function describeScheme(what: string, expected: Expected): void {
  const { scheme, ascending, equal = [], refused, unordered = [], pieces, from = '', to = '' } = expected
  const order = (a: string, b: string): number => Math.sign(scheme.placing(a)(b)) || 0

  describe(`versions of ${what}`, () => {
    for (const versions of ascending) {
      it(`ascend: ${versions.join(' < ')}`, () => {
        versions.forEach((a, i) => {
          versions.forEach((b, j) => assert.equal(order(a, b), Math.sign(i - j), `${a} and ${b}`))
        })
      })
    }
    for (const versions of equal) {
      it(`are equal: ${versions.join(' = ')}`, () => {
        for (const a of versions) for (const b of versions) assert.equal(order(a, b), 0, `${a} and ${b}`)
      })
    }
    for (const [text, reason] of refused) {
      it(`do not include ${JSON.stringify(text)}, not even compared with itself`, () => {
        assert.throws(() => scheme.placing(text), { code: 'bad-version', message: reason })
      })
    }
    for (const [a, b] of unordered) {
      it(`have no order where the rules of the ecosystem have none: ${a} and ${b}`, () => {
        for (const [x, y] of [
          [a, b],
          [b, a],
        ] as const) {
          const place = scheme.placing(x)
          assert.equal(place(x), 0)
          assert.throws(() => place(y), { code: 'bad-version', message: /have no order/ })
        }
      })
    }

    it('are refused when empty or too long, whatever they are made of', () => {
      assert.throws(() => scheme.placing(''), { code: 'bad-version', message: /it is empty/ })
      for (const piece of pieces) {
        const text = from + piece.repeat(maxVersionLength + 1) + to
        assert.throws(() => scheme.placing(text), { code: 'bad-version', message: /at most 512 are read/ })
      }
    })

    const versions = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 7 })
      .map((parts) => from + parts.join('') + to)
      .filter((text) => isVersion(scheme, text))

    it('the-order-is-total', () => {
      const counts = { ordered: 0, all: 0 }
      fc.assert(
        fc.property(versions, versions, versions, (a, b, c) => {
          counts.all += 1
          for (const version of [a, b, c]) assert.equal(scheme.placing(version)(version), 0, version)
          const [ab, ba] = [orderOrNone(scheme, a, b), orderOrNone(scheme, b, a)]
          assert.equal(ab, ba === undefined ? undefined : -ba || 0, `${a} and ${b}`)
          const [bc, ac] = [orderOrNone(scheme, b, c), orderOrNone(scheme, a, c)]
          if (ab === undefined || bc === undefined || ac === undefined) return
          counts.ordered += 1
          const law = `${a} and ${b} and ${c}`
          if (ab <= 0 && bc <= 0) assert.ok(ac <= 0, law)
          if (ab === 0 && bc === 0) assert.equal(ac, 0, law)
          if (ab === 0) assert.equal(ac, bc, law)
        }),
        { numRuns: 500 },
      )
      // Else the law would hold of nothing.
      assert.ok(counts.ordered > counts.all / 10, `${counts.ordered} of ${counts.all} were ordered`)
    })

    it('any-text-is-read-or-refused', () => {
      const anything = fc.oneof(
        fc.string({ maxLength: 40 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.array(fc.constantFrom(...pieces), { maxLength: 600 }).map((parts) => parts.join('')),
        fc.tuple(fc.constantFrom(...pieces), fc.nat(maxVersionLength)).map(([piece, times]) => piece.repeat(times)),
      )
      fc.assert(
        fc.property(anything, anything, (a, b) => {
          for (const text of [a, b, `${from}${a}${to}`]) {
            if (isVersion(scheme, text)) assert.equal(scheme.placing(text)(text), 0)
          }
          if (isVersion(scheme, a) && isVersion(scheme, b)) orderOrNone(scheme, a, b)
        }),
        { numRuns: 300 },
      )
    })
  })
}

function isVersion(scheme: VersionScheme, text: string): boolean {
  try {
    scheme.placing(text)
    return true
  } catch (error) {
    assert.ok(error instanceof ExposureError && error.code === 'bad-version', String(error))
    return false
  }
}

function orderOrNone(scheme: VersionScheme, a: string, b: string): number | undefined {
  try {
    return Math.sign(scheme.placing(a)(b)) || 0
  } catch (error) {
    assert.ok(error instanceof ExposureError && error.code === 'bad-version', String(error))
    return undefined
  }
}
