import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { compareDigits, compareLists, comparePadded, compareText, isDigits, withoutLeadingZeros } from './order.ts'

const digits = fc.stringMatching(/^[0-9]{1,40}$/)

describe('the orders that versions are made of', () => {
  it('digits-compare-as-numbers, of any length and with any leading zeros', () => {
    fc.assert(
      fc.property(digits, digits, fc.nat(5), (a, b, zeros) => {
        const wanted = BigInt(a) < BigInt(b) ? -1 : Number(BigInt(a) > BigInt(b))
        assert.equal(Math.sign(compareDigits(a, b)), wanted)
        assert.equal(compareDigits('0'.repeat(zeros) + a, a), 0)
        assert.equal(withoutLeadingZeros(a), String(BigInt(a)))
      }),
      { numRuns: 1000 },
    )
  })

  it('put the shorter list first, and fill a list up where asked', () => {
    assert.ok(compareLists(['1'], ['1', '0'], compareDigits) < 0)
    assert.ok(compareLists(['2'], ['1', '0'], compareDigits) > 0)
    assert.equal(comparePadded(['1'], ['1', '0'], '0', compareDigits), 0)
    assert.ok(comparePadded(['1'], ['1', '0', '1'], '0', compareDigits) < 0)
  })

  it('know no language: upper case comes before lower case, and only ASCII digits are digits', () => {
    assert.ok(compareText('Z', 'a') < 0)
    assert.equal(compareText('a', 'a'), 0)
    assert.equal(isDigits('0123456789'), true)
    for (const text of ['', '-1', '1.0', '٣', '１', '1\n']) assert.equal(isDigits(text), false, text)
  })
})
