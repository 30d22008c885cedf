import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { ExposureError } from '../exposure-error.ts'
import { plainNumbersScheme } from './plain-numbers.ts'
import { describeScheme } from './scheme-laws.fixture.ts'
import { schemeOfPurlType } from './schemes.ts'

describeScheme('nobody knows which scheme', {
  scheme: plainNumbersScheme,
  ascending: [
    ['V4.4', '4.5 HF1', 'v4.6', '4.10', '10.1.2.3'],
    ['R9.2', 'r10.1_TCU4', 'R520.2_HF14'],
    ['4.5', '4.5.1', '4.5.1.0.1'],
  ],
  equal: [
    ['V4.5', '4.5', 'v04.5'],
    ['2.1 HF2', '2.1 hf2'],
  ],
  refused: [
    ['All versions', /begins with something else/],
    ['1:2.0', /begins with something else/],
    ['1!2.0', /begins with something else/],
    ['', /empty/],
  ],
  unordered: [
    ['4.5', '4.5.0'],
    ['4.5', '4.5 HF1'],
    ['4.5 HF1', '4.5 HF2'],
    ['4.5b', '4.5.1'],
    ['R4', 'S4'],
  ],
  pieces: ['0', '1', '9', '10', '.', '.2', ' ', 'HF', '-r', 'V'],
})

describe('the order of plain numbers', () => {
  // Release numbers as every ecosystem has them, and what may follow.
  const numbers = fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }).map((list) => list.join('.'))
  const rest = fc.constantFrom('', '', '-1', '-rc1', '.rc1', 'b2', '+1', '~rc1', '-r3', 'a', '.Final', '-1ubuntu2')
  const version = fc.tuple(numbers, rest).map((parts) => parts.join(''))

  it('no-scheme-says-the-contrary', () => {
    let compared = 0
    fc.assert(
      fc.property(version, version, (a, b) => {
        const order = orderIn(plainNumbersScheme, a, b)
        if (order === undefined) return
        for (const [type, scheme] of schemeOfPurlType) {
          const other = orderIn(scheme, a, b)
          if (other === undefined) continue
          compared += 1
          // Some schemes look at no more than three numbers, and then find no difference.
          assert.ok(other === order || other === 0, `${a} and ${b}: ${order}, but ${other} for ${type}`)
        }
      }),
      { numRuns: 3000 },
    )
    assert.ok(compared > 10_000)
  })
})

function orderIn(scheme: typeof plainNumbersScheme, a: string, b: string): number | undefined {
  try {
    return Math.sign(scheme.placing(a)(b))
  } catch (error) {
    if (!(error instanceof ExposureError)) throw error
    return undefined
  }
}
