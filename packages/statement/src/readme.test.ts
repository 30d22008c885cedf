import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { index, read, size, statement } from './readme.fixture.ts'

test('the example in README.md is the code that runs here, and gives what README.md says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = readFileSync(new URL('readme.fixture.ts', import.meta.url), 'utf8')
  assert.ok(readme.includes(`\`\`\`ts\n${example.replaceAll('export const', 'const')}\`\`\``))
  assert.ok(readme.includes(`\`index\` is ${index} and \`size\` is ${size}`))
  assert.equal(statement.kind, 'party')
  assert.ok(typeof read === 'object' && read !== null && 'names' in read)
})
