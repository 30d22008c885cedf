import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  knownSymbols,
  laterParagraphsOf,
  laterVersions,
  laterVersionsOf,
  provisionById,
  provisionIds,
} from './index.ts'

test('the later text of the Code has thirteen paragraphs, each beside what it goes back to', () => {
  const [later] = laterVersionsOf('code')
  assert.deepEqual([later?.symbol, later?.date], ['A/69/723', '2015-01-09'])
  assert.deepEqual(
    later?.paragraphs.map(({ number }) => number),
    Array.from({ length: 13 }, (_, i) => i + 1),
  )
  assert.deepEqual(
    later?.paragraphs.flatMap(({ number, relation, from }) => {
      assert.equal(relation === 'new', from.length === 0)
      return relation === 'new' ? [number] : []
    }),
    [3, 10],
  )
})

test('every provision of the Code goes on in the later text, once, and none of the Initiative does', () => {
  for (const id of provisionIds) {
    const found = laterParagraphsOf(id)
    assert.equal(found.length, provisionById(id).instrument === 'code' ? 1 : 0, id)
    assert.ok(found.every(({ symbol }) => symbol === 'A/69/723'))
  }
  assert.deepEqual(laterVersionsOf('gids'), [])
})

test('a later text is no edit: provisions keep their names, and what was dropped is said', () => {
  for (const { dropped, instrument, paragraphs } of laterVersions) {
    assert.ok(dropped.length > 0)
    for (const { provision, what } of dropped) {
      assert.equal(provisionById(provision).instrument, instrument)
      assert.ok(what.length > 0)
    }
    for (const { summary, change } of paragraphs)
      for (const sentence of [summary, change]) assert.match(sentence, /^[A-Z].*\.$/)
  }
})

test('a text is named by its symbol where that is verified; where it is not, none is known', () => {
  assert.deepEqual(knownSymbols('code'), ['A/66/359', 'A/69/723'])
  assert.equal(knownSymbols('gids'), undefined)
})
