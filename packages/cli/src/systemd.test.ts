/** The unit file starts a node: its own ExecStart, with this machine's folders in place of those of a server. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { corner } from './cli.fixture.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '')
const unit = readFileSync(new URL('../systemd/comity.service', import.meta.url), 'utf8').replaceAll('\\\n', ' ')

function setting(name: string): string {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1]?.trim() ?? assert.fail(`the unit has no ${name}`)
}

test('ExecStart of the systemd unit serves a node whose passphrase is a credential, until KillSignal', async (context) => {
  const own = corner(context, { env: { COMITY_PASSPHRASE: 'correct horse battery' } })
  const { data } = await own.json<{ data: string }>('init', '--name', 'Keeper')
  const credentials = join(own.path, 'credentials')
  mkdirSync(credentials)
  const [credential = ''] = setting('LoadCredential').split(':')
  writeFileSync(join(credentials, credential), 'correct horse battery\n')
  const words = setting('ExecStart')
    .split(/\s+/)
    .map((word) =>
      word
        .replace('${CREDENTIALS_DIRECTORY}', credentials)
        .replace(/^\/opt\/comity(?=\/)/, root)
        .replace(/^\/var\/lib\/comity$/, data)
        .replace(/^8480$/, '0'),
    )
  assert.ok(words.includes(data) && words.includes('0'))
  const [packaged = '', ...args] = words
  for (const path of words.filter((word) => word.startsWith(root) && word !== packaged))
    assert.ok(existsSync(path), path)
  // Where no packaged Node exists the unit says to name an installed one.
  const node = existsSync(packaged) ? packaged : process.execPath
  const service = spawn(node, args, { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(service, 'close')
  context.after(() => service.kill('SIGKILL'))
  let complained = ''
  service.stderr.on('data', (piece: Buffer) => (complained += piece.toString()))
  const [said] = await Promise.race([once(service.stdout, 'data'), ended.then(() => [complained])])
  const url = /Serving (http:\S+)/.exec(String(said))?.[1] ?? assert.fail(`it did not start: ${String(said)}`)
  assert.equal((await fetch(`${url}/health/ready`)).status, 200)
  service.kill(setting('KillSignal') === 'SIGTERM' ? 'SIGTERM' : assert.fail('another signal'))
  assert.deepEqual(await ended, [0, null])
  assert.equal(complained, '')
})
