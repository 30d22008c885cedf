import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

test('the example in the README runs and prints what the README says', (context) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? assert.fail('no example')
  const printed = /console\.log\(.*\) \/\/ (.*)/.exec(example)?.[1]
  const directory = mkdtempSync(join(tmpdir(), 'comity-readme-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const code = `const directory = ${JSON.stringify(directory)}\n${example}`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' },
  })
  assert.equal(stderr, '')
  assert.equal(stdout.trimEnd(), printed)
})
