import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { instrumentsDocument } from '../../../scripts/instruments-docs.ts'
import { provisionIds } from './index.ts'

test('docs/instruments.md is what the data says', () => {
  const written = readFileSync(new URL('../../../docs/instruments.md', import.meta.url), 'utf8')
  assert.equal(written, instrumentsDocument(), 'run `npm run docs`')
})

test('every provision has its row', () => {
  for (const id of provisionIds) assert.ok(instrumentsDocument().includes(`| \`${id}\` |`), id)
})
