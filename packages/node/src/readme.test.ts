import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

/** What the example takes as given: a founded node that is closed, a provider in its log, and what that says next. */
const given = (directory: string) => `
import { instrumentUrn } from '@comity/statement'
import { actor, keeper } from '@comity/testkit'
import * as room from '@comity/node'
const at = Math.floor(Date.now() / 1000)
const home = keeper('a keeper')
const provider = actor('a provider', home.origin)
const directory = ${JSON.stringify(directory)}
const founded = await room.ComityNode.found({
  directory, keys: home.keys, party: home.founding(at), policy: home.policy(at),
})
await founded.submit(provider.founding(at))
await founded.close()
const { keys } = home
const party = provider.urn
const statement = provider.sign('support', instrumentUrn('gids'), {}, at)
`

test('the example in the README runs and prints what the README says', (context) => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? assert.fail('no example')
  const printed = [...example.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, says]) => says)
  const directory = mkdtempSync(join(tmpdir(), 'comity-readme-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '--eval', given(directory) + example],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' },
    },
  )
  assert.equal(stderr, '')
  assert.ok(printed.length > 0)
  assert.deepEqual(stdout.trimEnd().split('\n'), printed)
})
