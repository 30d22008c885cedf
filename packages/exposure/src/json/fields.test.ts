import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ProblemCollector } from '../problem.ts'
import { Fields, present } from './fields.ts'

function fieldsOf(json: Readonly<Record<string, unknown>>): Fields {
  return new Fields(json, '/a', new ProblemCollector(10), { text: 5, entries: 2 })
}

function found(fields: Fields): readonly string[] {
  return fields.problems.list().problems.map(({ code, pointer }) => `${code} ${pointer}`)
}

describe('Fields', () => {
  it('reads members of the kind that is asked for', () => {
    const fields = fieldsOf({ t: 'text', n: 3, l: ['a', 'b'], o: { t: 'in' }, os: [{ t: 'x' }], e: 'two' })
    assert.equal(fields.needed('t'), 'text')
    assert.equal(fields.count('n'), 3)
    assert.deepEqual(fields.texts('l'), ['a', 'b'])
    assert.equal(fields.object('o')?.text('t'), 'in')
    assert.equal(fields.objects('os')[0]?.pointer, '/a/os/0')
    assert.equal(fields.oneOf('e', ['one', 'two']), 'two')
    assert.deepEqual(found(fields), [])
  })

  it('reports and leaves out what is of another kind', () => {
    const fields = fieldsOf({ t: 7, long: 'longer', l: ['a', 1], o: [], os: [{}, 1], e: 'three', n: -1, empty: '' })
    fields.text('t')
    fields.text('long')
    assert.deepEqual(fields.texts('l'), ['a'])
    assert.equal(fields.object('o'), undefined)
    assert.equal(fields.objects('os').length, 1)
    fields.oneOf('e', ['one'])
    fields.count('n')
    fields.needed('empty')
    assert.equal(fields.has('constructor'), false)
    assert.deepEqual(found(fields), [
      'bad-field /a/t',
      'bad-field /a/long',
      'bad-field /a/l/1',
      'bad-field /a/o',
      'bad-field /a/os/1',
      'bad-field /a/e',
      'bad-field /a/n',
      'missing-field /a/empty',
    ])
  })

  it('refuses a document with more entries than are read', () => {
    assert.throws(() => fieldsOf({ l: ['a', 'b', 'c'] }).texts('l'), { code: 'too-many', pointer: '/a/l' })
  })
})

describe('present', () => {
  it('leaves out what is undefined', () => assert.deepEqual(present({ a: 1, b: undefined }), { a: 1 }))
})
