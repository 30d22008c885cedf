/** The launcher in a project of its own: a copy of these scripts, a lockfile, an npm that only says that it was run. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

const lockfile = '{"lockfileVersion":3}\n'
const npm = `
import { appendFileSync } from 'node:fs'
appendFileSync(new URL('npm-ran', import.meta.url), process.argv.slice(2).join(' ') + '\\n')
process.exitCode = Number(process.env.NPM_EXIT ?? 0)
`

interface Project {
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Lines that npm was called with. */
  npmRan(): readonly string[]
  /** Runs `node scripts/run.mjs hello.mjs` in it. */
  run(
    env?: Readonly<Record<string, string>>,
    nodeOptions?: readonly string[],
  ): { code: number | null; out: string; err: string }
}

function project(context: TestContext, { installed }: { readonly installed: boolean }): Project {
  const path = mkdtempSync(join(tmpdir(), 'comity-launch-'))
  context.after(() => rmSync(path, { recursive: true, force: true, maxRetries: 20 }))
  mkdirSync(join(path, 'scripts'))
  mkdirSync(join(path, 'node_modules'))
  for (const name of ['launch.mjs', 'run.mjs']) {
    copyFileSync(new URL(name, import.meta.url), join(path, 'scripts', name))
  }
  writeFileSync(join(path, 'package-lock.json'), lockfile)
  writeFileSync(join(path, 'npm.mjs'), npm)
  writeFileSync(join(path, 'hello.mjs'), "process.stdout.write('hello')\nprocess.exitCode = 7\n")
  if (installed) writeFileSync(stampIn(path), createHash('sha256').update(lockfile).digest('hex'))
  const { PATH } = process.env
  const env = { PATH, npm_execpath: join(path, 'npm.mjs') }
  return {
    path,
    env,
    npmRan: () =>
      existsSync(join(path, 'npm-ran')) ? readFileSync(join(path, 'npm-ran'), 'utf8').trimEnd().split('\n') : [],
    run(more = {}, nodeOptions = []) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [...nodeOptions, join(path, 'scripts/run.mjs'), 'hello.mjs'],
        { cwd: path, env: { ...env, ...more }, encoding: 'utf8' },
      )
      return { code: status, out: stdout, err: stderr }
    },
  }
}

function stampIn(path: string): string {
  return join(path, 'node_modules', '.comity-lockfile-sha256')
}

test('npm ci runs once for a lockfile, and again when the lockfile changes', (context) => {
  const own = project(context, { installed: false })
  assert.deepEqual({ ...own.run(), err: '' }, { code: 7, out: 'hello', err: '' })
  assert.deepEqual(own.npmRan(), ['ci --no-audit --no-fund --loglevel=error'])
  assert.deepEqual(own.run(), { code: 7, out: 'hello', err: '' })
  assert.equal(own.npmRan().length, 1)
  writeFileSync(join(own.path, 'package-lock.json'), `${lockfile}\n`)
  assert.match(own.run().err, /installing what the lockfile names/)
  assert.equal(own.npmRan().length, 2)
})

test('a lockfile with the hash of the last installation does not run npm', (context) => {
  const own = project(context, { installed: true })
  assert.deepEqual(own.run(), { code: 7, out: 'hello', err: '' })
  assert.deepEqual(own.npmRan(), [])
})

test('an npm ci that fails ends the command, and is tried again the next time', (context) => {
  const own = project(context, { installed: false })
  const { code, out, err } = own.run({ NPM_EXIT: '3' })
  assert.deepEqual({ code, out }, { code: 1, out: '' })
  assert.match(err, /comity: npm ci failed with exit code 3: its message is above\n$/)
  assert.equal(existsSync(stampIn(own.path)), false)
  assert.equal(own.run().code, 7)
})

test('an old Node on a platform without a packaged one ends with 1 and says what to install', (context) => {
  const own = project(context, { installed: true })
  // This process's own account of itself is all that the launcher goes by.
  const old = join(own.path, 'old.mjs')
  writeFileSync(
    old,
    "for (const [name, value] of Object.entries({ version: 'v20.19.0', platform: 'plan9', arch: 'vax' })) Object.defineProperty(process, name, { value })\n",
  )
  assert.deepEqual(own.run({}, ['--import', old]), {
    code: 1,
    out: '',
    err:
      'comity: Node.js 24 or later is needed and this is v20.19.0. No packaged Node\n' +
      'exists here for plan9-vax: install Node.js 24 or later and run the same command\nagain\n',
  })
})

test('an old Node hands over to the packaged one where it is new enough', (context) => {
  const own = project(context, { installed: true })
  const old = join(own.path, 'old.mjs')
  writeFileSync(old, "Object.defineProperty(process, 'version', { value: 'v20.19.0' })\n")
  const bin = join(own.path, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  mkdirSync(bin, { recursive: true })
  const script = (version: string) =>
    `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; else exec '${process.execPath}' "$@"; fi\n`
  writeFileSync(join(bin, 'node'), script('v24.0.0'), { mode: 0o755 })
  assert.deepEqual(own.run({}, ['--import', old]), { code: 7, out: 'hello', err: '' })
  writeFileSync(join(bin, 'node'), script('v22.0.0'))
  assert.equal(own.run({}, ['--import', old]).code, 1)
})

test('a Node that is newer than what was tried is not given options that it does not know', (context) => {
  const own = project(context, { installed: true })
  const launches = [
    "import { launch } from './launch.mjs'",
    "Object.defineProperty(process, 'version', { value: 'v99.0.0' })",
    "process.exitCode = await launch('hello.mjs', [], ['--max-semi-space-size=8', '--no-such-option-of-any-engine=1'])",
  ]
  writeFileSync(join(own.path, 'scripts', 'run.mjs'), launches.join('\n'))
  assert.deepEqual(own.run(), { code: 7, out: 'hello', err: '' })
})

test('a server that npm started ends when the shell between them is gone', async (context) => {
  const own = project(context, { installed: true })
  writeFileSync(
    join(own.path, 'server.mjs'),
    "process.on('SIGTERM', () => process.exit())\nprocess.stdout.write(`${process.pid}\\n`)\nsetInterval(() => {}, 1000)\n",
  )
  // The second command keeps the shell from becoming the launcher.
  const shell = spawn('sh', ['-c', `'${process.execPath}' scripts/run.mjs server.mjs; true`], {
    cwd: own.path,
    env: { ...own.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(shell.stdout, 'data')
  const server = Number(String(line))
  assert.ok(server > 0)
  // 'close' comes when the last process that holds the pipe, the server, has ended.
  const ended = once(shell, 'close')
  shell.kill('SIGTERM')
  await ended
  assert.throws(() => process.kill(server, 0), { code: 'ESRCH' })
})
