import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../../scripts/comity.mjs', import.meta.url))

test('a link to the launcher is the command, from any folder, as docs/running.md says', (context) => {
  const path = mkdtempSync(join(tmpdir(), 'comity-path-'))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  symlinkSync(launcher, join(path, 'comity'))
  const { status, stdout, stderr } = spawnSync('comity', ['--version'], {
    cwd: path,
    encoding: 'utf8',
    // Were something to be installed, this says that it was asked to, in place of doing it.
    env: { PATH: `${path}${delimiter}${process.env['PATH'] ?? ''}`, npm_execpath: join(path, 'no-npm.js') },
  })
  assert.equal(stderr, '')
  assert.deepEqual({ status, stdout }, { status: 0, stdout: '0.1.0\n' })
})
