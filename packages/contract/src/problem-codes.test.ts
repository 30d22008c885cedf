import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProblemCode, problemKinds, problemOf } from './index.ts'

test('every code is a stable lowercase name with an error status', () => {
  for (const [code, { status, title, scitt }] of Object.entries(problemKinds)) {
    assert.match(code, /^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    assert.ok(status >= 400 && status < 600, code)
    assert.ok(title.length > 3 && scitt.length > 3, code)
  }
})

test('a problem document carries its code as a URN, and no empty pointer', () => {
  assert.deepEqual(problemOf('schema-violation', { detail: 'product: /name is missing', pointer: '/name' }), {
    type: 'urn:comity:problem:schema-violation',
    title: 'Payload does not fit its schema',
    status: 400,
    code: 'schema-violation',
    detail: 'product: /name is missing',
    pointer: '/name',
  })
  assert.equal('pointer' in problemOf('not-json', { pointer: '' }), false)
})

test('inherited names are no codes', () => {
  assert.equal(isProblemCode('toString'), false)
  assert.equal(isProblemCode('not-cbor'), true)
})
