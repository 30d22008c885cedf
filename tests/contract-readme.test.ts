/** The example of room `contract` against a real node: the room itself knows none. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { corner } from '../packages/cli/src/cli.fixture.ts'

const insecure = '--insecure-no-passphrase'

test('the example in the README of contract runs and prints what it asks a node for', async (context) => {
  const own = corner(context)
  const { origin } = await own.json<{ origin: string }>('init', '--name', 'Keeper', insecure)
  const { url } = await own.serve('serve')
  const acme = ['party', 'create', 'acme', '--name', 'Acme', '--type', 'provider', insecure]
  const { urn } = await own.json<{ urn: string }>(...acme)
  await own.json('support', 'gids', '--as', 'acme')
  const room = new URL('../packages/contract/', import.meta.url)
  const readme = readFileSync(new URL('README.md', room), 'utf8')
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? assert.fail('no example')
  const code = example.replace('http://localhost:8480', url)
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', code], {
    cwd: fileURLToPath(room),
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' },
  })
  const said = text(child.stdout)
  const complained = text(child.stderr)
  await once(child, 'close')
  assert.equal(await complained, '')
  const lines = (await said).trimEnd().split('\n')
  assert.match(lines[0] ?? '', new RegExp(`^${origin} has [0-9]+ entries$`))
  assert.ok(lines.includes(`${urn} gids-7 silent`), lines.join('\n'))
  // What the README lists as possible answers.
  const codes = /console\.log\(error\.code\) \/\/ (.*)/.exec(example)?.[1] ?? ''
  assert.ok(codes.includes(`'${lines.at(-1)}'`), lines.at(-1))
})
