import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Compile } from 'typebox/compile'
import * as api from './index.ts'

test('every schema compiles and leaves no member open', () => {
  for (const [name, schema] of Object.entries(api)) {
    if (typeof schema !== 'object' || !('type' in schema) || schema.type !== 'object') continue
    Compile(schema)
    assert.equal('additionalProperties' in schema && schema.additionalProperties, false, name)
  }
})
