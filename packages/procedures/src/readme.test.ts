import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { answered, deadlines, possible } from './readme.fixture.ts'

test('the example in README.md is the code that runs here, and gives what README.md says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = readFileSync(new URL('readme.fixture.ts', import.meta.url), 'utf8')
  assert.ok(readme.includes(`\`\`\`ts\n${example.replaceAll('export const', 'const')}\`\`\``))
  assert.equal(answered.state, 'acknowledged')
  assert.deepEqual(deadlines, [
    ['joining', 'running', '2026-12-02T23:59:59+03:00[Africa/Nairobi]'],
    ['acknowledgement', 'kept', '2026-12-02T23:59:59+03:00[Africa/Nairobi]'],
    ['settlement', 'running', '2026-12-12T23:59:59+03:00[Africa/Nairobi]'],
    ['consultations', 'running', '2026-12-22T23:59:59+03:00[Africa/Nairobi]'],
  ])
  assert.deepEqual(possible, [
    'consult',
    'join',
    'admit',
    'offer',
    'choose',
    'submit',
    'settle',
    'reply',
    'withdraw',
    'propose',
  ])
})
