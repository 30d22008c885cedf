import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NodeError } from '../node-error.ts'
import { patternsOf } from './belief.ts'

test('patterns are written as the keys of components are', () => {
  for (const [given, kept] of [
    ['pkg:npm/@acme/', 'pkg:npm/%40acme/'],
    ['pkg:npm/left', 'pkg:npm/left'],
    ['pkg:pypi/Foo_Bar', 'pkg:pypi/foo-bar'],
    ['pkg:golang/GitHub.com/Acme/', 'pkg:golang/github.com/acme/'],
    ['product:Acme Works/Relay', 'product:acme_works/relay'],
    ['product:acme/', 'product:acme/'],
  ] as const) {
    assert.deepEqual(patternsOf([given]), [kept])
  }
  assert.throws(() => patternsOf(['pkg:npm/left', 'x']), { code: 'bad-name', message: /^\/packages\/1 / })
})

test('whatever is given is a pattern that stays as it is, or is refused by name', () => {
  const piece = fc.constantFrom(
    'pkg:',
    'product:',
    'npm',
    '/',
    '%40',
    '%',
    '@',
    'a',
    'Left',
    '?',
    '#',
    '..',
    'golang',
    ' ',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 8 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(text, (given) => {
      try {
        const kept = patternsOf([given])
        assert.deepEqual(patternsOf(kept), kept)
      } catch (error) {
        assert.ok(error instanceof NodeError, String(error))
        assert.equal(error.code, 'bad-name')
      }
    }),
    { numRuns: 1000 },
  )
})
