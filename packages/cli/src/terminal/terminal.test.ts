import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { CliError } from '../cli-error.ts'
import type { Context, Input, Output } from '../context.ts'
import { readPassphrase } from './passphrase.ts'
import { Progress } from './progress.ts'
import { cut, fields, plain, table, widthOf, wrap } from './text.ts'

function terminal(columns = 80): { output: Output; written: () => string } {
  const stream = new PassThrough()
  const pieces: string[] = []
  stream.on('data', (piece: Buffer) => pieces.push(piece.toString()))
  return { output: Object.assign(stream, { isTTY: true, columns }), written: () => pieces.join('') }
}

function contextWith(parts: Partial<Context>): Context {
  const nowhere = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  return { cwd: '/', env: {}, ...nowhere, now: () => 0, ...parts }
}

test('no line of a table, of fields or of a paragraph is wider than 80 columns', () => {
  const long = 'a very long name of somebody who has thought of everything '.repeat(4)
  const chinese = '网络安全'.repeat(30)
  for (const text of [table(['one', 'two'], [[long, chinese]]), fields([['label', long]]), wrap(long)]) {
    for (const line of text.split('\n')) assert.ok(widthOf(line) <= 80, line)
  }
})

test('wide characters count twice, and cutting leaves room for the ellipsis', () => {
  assert.equal(widthOf('网络'), 4)
  assert.equal(cut('网络安全', 5), '网络…')
  assert.equal(cut('short', 5), 'short')
})

test('what others wrote cannot steer the terminal', () => {
  assert.equal(plain('a\u001b[2Jb\r\u202ec'), 'ab  c')
})

test('progress stays silent for a second, and away from files and pipes for ever', () => {
  let now = 0
  const { output, written } = terminal()
  const progress = new Progress(output, { clock: () => now })
  progress.update('Auditing', 1, 10)
  assert.equal(written(), '')
  now = 1500
  progress.update('Auditing', 5, 10)
  assert.match(written(), /Auditing █+░+  50 %  5 of 10/)
  progress.end()
  assert.ok(written().endsWith('\u001b[2K'))
  const piped = terminal()
  const quiet = new Progress(Object.assign(piped.output, { isTTY: false }), { clock: () => 9999 })
  quiet.update('Auditing', 5, 10)
  assert.equal(piped.written(), '')
})

test('what cannot say how far it has come has a line while it lasts, if it lasts', async () => {
  const { output, written } = terminal()
  const progress = new Progress(output, { patience: 20 })
  assert.equal(await progress.during('Opening sign.json', Promise.resolve(7)), 7)
  assert.equal(written(), '')
  const slow = new Promise<void>((_, reject) => setTimeout(() => reject(new Error('no')), 100))
  await assert.rejects(progress.during('Opening sign.json', slow), /no/)
  assert.match(written(), /Opening sign\.json …/)
  assert.ok(written().endsWith('\u001b[2K'))
})

test('a passphrase comes from the file, else from the environment, else it is asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'comity-passphrase-'))
  try {
    const passphraseFile = join(folder, 'p')
    writeFileSync(passphraseFile, 'from the file\nsecond line\n')
    const context = contextWith({ env: { COMITY_PASSPHRASE: 'from the environment' } })
    assert.equal(await readPassphrase(context, { passphraseFile }, { purpose: 'to test' }), 'from the file')
    assert.equal(await readPassphrase(context, {}, { purpose: 'to test' }), 'from the environment')
    await assert.rejects(
      readPassphrase(contextWith({}), {}, { purpose: 'to test' }),
      (error) => error instanceof CliError && error.code === 'passphrase',
    )
    for (const [path, why] of [
      [join(folder, 'none'), /none does not exist$/],
      [folder, /is a folder$/],
    ] as const) {
      await assert.rejects(readPassphrase(context, { passphraseFile: path }, { purpose: 'to test' }), { message: why })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a passphrase that is typed is not shown, and a new one is typed twice', async () => {
  const { output, written } = terminal()
  const modes: boolean[] = []
  const stdin: Input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => modes.push(raw) })
  const asked = readPassphrase(contextWith({ stdin, stderr: output }), {}, { purpose: 'for the test', isNew: true })
  stdin.push('correct horsf\u007fe\r')
  await new Promise((resolve) => setImmediate(resolve))
  stdin.push('correct horse\r')
  assert.equal(await asked, 'correct horse')
  assert.doesNotMatch(written(), /correct/)
  assert.deepEqual(modes, [true, false, true, false])
})

test('a new passphrase of seven characters is refused', async () => {
  const context = contextWith({ env: { COMITY_PASSPHRASE: 'seven77' } })
  await assert.rejects(readPassphrase(context, {}, { purpose: 'to test', isNew: true }), /at least 8 characters/)
})
