import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const readAll = fileURLToPath(new URL('hostile-bytes/read-all.ts', import.meta.url))

/** The largest input has 16 MiB; sixteen million brackets, once parsed, are eight hundred. */
const mostMegabytes = 600

test('no bytes make a decoder crash, hang, or take memory without bound', async () => {
  // What does not hang is done in seconds; the rest of the time is for a busy machine.
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', readAll], {
    timeout: 600_000,
  })
  const { taken, megabytes }: { taken: number; megabytes: number } = JSON.parse(stdout)
  assert.ok(taken > 6500, stdout)
  assert.ok(megabytes < mostMegabytes, stdout)
})
