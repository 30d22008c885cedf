import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

test('the example in the README runs and prints what the README says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? assert.fail('no example')
  const printed = /console\.log\(.*\) \/\/ (.*)/.exec(example)?.[1]
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', example], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', NODE_NO_WARNINGS: '1' },
  })
  assert.equal(stderr, '')
  const lines = stdout.trimEnd().split('\n')
  assert.equal(lines.at(-1), printed)
  assert.match(lines.slice(0, -1).join('\n'), /gids-8/)
})
