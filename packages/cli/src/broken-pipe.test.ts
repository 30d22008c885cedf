import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = join(dirname(fileURLToPath(import.meta.url)), 'main.ts')

test('a reader that leaves early, as head does, ends the output and raises nothing', async () => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'instruments', '--json'])
  child.stdout.destroy()
  let errors = ''
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
  const [code] = await once(child, 'close')
  assert.equal(errors, '')
  assert.equal(code, 0)
})
