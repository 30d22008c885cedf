import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { temporaryFolder } from './temporary-folder.ts'

test('the example in the README runs and prints what it says', async (context) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const printed = [...example.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map((match) => match[1])
  assert.equal(printed.length, 5)
  const code = example.replace("'@comity/store'", JSON.stringify(new URL('./index.ts', import.meta.url).href))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
    cwd: temporaryFolder(context),
  })
  assert.deepEqual(stdout.trimEnd().split('\n'), printed)
})
