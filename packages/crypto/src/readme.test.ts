import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

test('the example in the README runs and prints what the README says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? assert.fail('no example')
  const result = /It prints (.*)\.$/m.exec(readme)?.[1] ?? assert.fail('no result')
  const printed = [...result.matchAll(/`([^`]+)`/g)].map(([, line]) => line)
  const run = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', example], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
  })
  assert.equal(run.stderr, '')
  assert.deepEqual(run.stdout.trim().split('\n'), printed)
})
