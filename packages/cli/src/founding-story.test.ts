/** Founding a node, and what comes in between: a signal, a folder that cannot be, somebody else's folder. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { corner, type Corner, type Ran } from './cli.fixture.ts'

const passphrase = { COMITY_PASSPHRASE: 'correct horse battery' }
const insecure = '--insecure-no-passphrase'
const main = fileURLToPath(new URL('main.ts', import.meta.url))

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

/** Starts `comity init` and sends the signal as soon as `path` exists. */
async function interrupted(own: Corner, path: string, signal: NodeJS.Signals) {
  const child = own.start('init', '--name', 'Keeper')
  let said = ''
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
  const ended = once(child, 'close')
  while (!existsSync(path) && child.exitCode === null) await sleep(1)
  child.kill(signal)
  const [code, by] = await ended
  return { code, by, said }
}

for (const [signal, path, when] of [
  ['SIGINT', 'home/recovery/keeper-recovery.json', 'the first keys are written'],
  ['SIGTERM', 'data/node/keys.json', 'the keys of the node are written'],
  ['SIGHUP', 'data/streams', 'the log is being founded'],
] as const) {
  test(`an init ended by ${signal} when ${when} leaves nothing behind, and the same words then succeed`, async (context) => {
    const own = corner(context, { env: passphrase })
    const { code, by, said } = await interrupted(own, join(own.path, path), signal)
    assert.deepEqual({ code, by }, { code: null, by: signal }, said)
    assert.match(plain(said), new RegExp(`ended by ${signal}: nothing of it remains`))
    assert.deepEqual(readdirSync(own.path), [])
    await own.json('init', '--name', 'Keeper')
  })
}

test('an init ended while it asks for the passphrase gives the terminal back and leaves nothing behind', async (context) => {
  const own = corner(context)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const child = own.startScript('terminal.fixture.ts', 'init', '--name', 'Keeper')
    let said = ''
    child.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
    const ended = once(child, 'close')
    while (!said.includes('New passphrase') && child.exitCode === null) await sleep(5)
    child.kill(signal)
    assert.deepEqual(await ended, [null, signal], said)
    assert.ok(said.includes('[raw on]') && said.lastIndexOf('[raw off]') > said.lastIndexOf('[raw on]'), said)
    assert.deepEqual(readdirSync(own.path), [])
  }
})

test('a folder that cannot be made is an error at once, before any passphrase, and says which', async (context) => {
  const own = corner(context)
  mkdirSync(join(own.path, 'a'))
  writeFileSync(join(own.path, 'a/file'), '')
  const below = process.platform === 'linux' ? ['/proc/x', '/proc/x/y'] : []
  for (const data of [...below, 'a/file/x', 'a/file']) {
    const { code, stderr } = await own.run('init', '--name', 'Keeper', '--data', data)
    assert.equal(code, 4, stderr)
    const says = data.startsWith('/proc') ? /the folder \S+ cannot be made: \S.* Name another/ : /a\/file is no folder/
    assert.match(plain(stderr), says)
  }
  const homeless = await own.run('init', '--name', 'Keeper', '--home', 'a/file/x', insecure)
  assert.equal(homeless.code, 4, homeless.stderr)
  assert.match(plain(homeless.stderr), /a\/file is no folder/)
  assert.deepEqual(readdirSync(own.path), ['a'], 'nothing was made on the way')
})

test('a folder that is not empty has a code of its own, and so has an alias that is taken', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  const again = await own.run('init', '--name', 'Keeper', '--as', 'other', insecure)
  assert.equal(again.code, 2)
  assert.match(again.stderr, /code not-empty/)
  const taken = await own.run('init', '--name', 'Keeper', '--data', 'other', insecure)
  assert.equal(taken.code, 2)
  assert.match(taken.stderr, /code alias-exists/)
  writeFileSync(join(own.path, 'guest.token'), '')
  const file = await own.run('token', 'issue', '--label', 'Guest', '--out', 'guest.token')
  assert.equal(file.code, 2)
  assert.match(file.stderr, /code file-exists/)
})

test('init says where the recovery file lies and that it belongs elsewhere', async (context) => {
  const own = corner(context)
  const { stdout } = await own.run('init', '--name', 'Keeper', insecure)
  const path = join(own.path, 'home/recovery/keeper-recovery.json')
  assert.match(
    stdout.replaceAll(/\s+/g, ' '),
    new RegExp(`Move the recovery file off this machine, to a safe place: ${path} `),
  )
})

/** A folder that this process's child may not look into: it runs as nobody, or the folder is closed to its own owner. */
async function asStranger(context: TestContext, folder: string, ...args: readonly string[]): Promise<Ran> {
  const isRoot = process.getuid?.() === 0
  const place = mkdtempSync(join(tmpdir(), 'comity-stranger-'))
  chmodSync(place, 0o777)
  context.after(() => rmSync(place, { recursive: true, force: true }))
  chmodSync(folder, isRoot ? 0o700 : 0)
  // The way to it is open: what is refused is the folder itself.
  chmodSync(dirname(folder), 0o755)
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    cwd: place,
    env: { PATH: process.env['PATH'], HOME: place },
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
  })
  child.stdin.end()
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()))
  const [code] = await once(child, 'close')
  chmodSync(folder, 0o700)
  return { code, stdout, stderr }
}

test("somebody else's data folder and home are told from ones that are not there", async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', insecure)
  const data = join(own.path, 'data')
  const home = join(own.path, 'home')
  for (const words of [
    ['serve', '--data', data, '--port', '0'],
    ['start', '--data', data, '--port', '0'],
    ['status', '--data', data],
    ['rebuild', '--data', data],
    ['backup', 'x', '--data', data],
    ['restore', data, '--data', 'new'],
  ]) {
    const { code, stderr } = await asStranger(context, data, ...words)
    assert.equal(code, 4, `${words.join(' ')}: ${stderr}`)
    assert.match(plain(stderr), /may not be read by this user: permission denied/, words.join(' '))
    assert.match(stderr, /code permission/)
    assert.doesNotMatch(stderr, /holds no node|no backup/)
  }
  const { code, stderr } = await asStranger(context, home, 'support', 'gids', '--home', home)
  assert.equal(code, 4, stderr)
  assert.match(plain(stderr), /may not be read by this user: permission denied/)
  assert.doesNotMatch(stderr, /holds no party/)
})
