import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { counts, norms, sentence } from './readme.fixture.ts'

test('the example in README.md is the code that runs here, and gives what README.md says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = readFileSync(new URL('readme.fixture.ts', import.meta.url), 'utf8')
  assert.ok(readme.includes(`\`\`\`ts\n${example.replaceAll('export const', 'const')}\`\`\``))
  for (const value of [sentence, ...norms, ...counts]) assert.ok(readme.includes(value), value)
})
