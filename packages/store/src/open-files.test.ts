import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { openFiles } from './open-files.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A process that opens the folder, says so, and appends numbered records until it is killed. */
const holder = `
  const { openFiles } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)})
  const truth = await openFiles({ directory: process.argv[1] })
  const stream = await truth.stream('public')
  console.log('open')
  for (let next = stream.size; ; next++) {
    await stream.append([Buffer.from(String(next)), Buffer.alloc(500, String(next))])
    console.log(stream.size)
  }
`

async function hold(directory: string): Promise<{ child: ChildProcess; acknowledged: () => number }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acknowledged = 0
  assert.ok(child.stdout)
  const lines = createInterface({ input: child.stdout })
  await once(lines, 'line')
  lines.on('line', (line) => {
    acknowledged = Number(line)
  })
  return { child, acknowledged: () => acknowledged }
}

test('while one process holds the folder a second is refused, and a kill -9 frees it without loss', async (context) => {
  const directory = temporaryFolder(context)
  for (let round = 0; round < 3; round++) {
    const { child, acknowledged } = await hold(directory)
    await assert.rejects(openFiles({ directory }), { code: 'folder-in-use' })
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    const truth = await openFiles({ directory })
    const stream = await truth.stream('public')
    assert.ok(stream.size >= acknowledged(), `${stream.size} of ${acknowledged()}`)
    const records = stream.readRange(0, stream.size)
    assert.equal(records.length % 2, 0)
    records.forEach((record, seq) => {
      const first = Buffer.from(records[seq - (seq % 2)] ?? []).toString()
      assert.ok(seq % 2 === 0 || Buffer.alloc(500, first).equals(record))
    })
    await truth.close()
  }
})

test('within one process too a second opener is refused, until the first has closed', async (context) => {
  const directory = temporaryFolder(context)
  const truth = await openFiles({ directory })
  await assert.rejects(openFiles({ directory }), { code: 'folder-in-use' })
  await truth.close()
  await truth.close()
  await assert.rejects(truth.stream('public'), { code: 'closed' })
  assert.throws(() => truth.streams(), { code: 'closed' })
  await openFiles({ directory }).then((again) => again.close())
})

test('a folder of another format, or without one, is refused and left alone', async (context) => {
  const directory = temporaryFolder(context)
  await openFiles({ directory }).then((truth) => truth.close())
  writeFileSync(join(directory, 'format'), 'comity truth 99\n')
  await assert.rejects(openFiles({ directory }), { code: 'wrong-format', message: /comity truth 99/ })
  rmSync(join(directory, 'format'))
  await assert.rejects(openFiles({ directory }), { code: 'wrong-format' })
})

test('a folder that cannot be made is said', async (context) => {
  const directory = temporaryFolder(context)
  writeFileSync(join(directory, 'file'), '')
  await assert.rejects(openFiles({ directory: join(directory, 'file', 'data') }), { code: 'io' })
})

test('a stream asked for twice is the same', async (context) => {
  const truth = await openFiles({ directory: join(temporaryFolder(context), 'new', 'folder') })
  const [one, other] = await Promise.all([truth.stream('public'), truth.stream('public')])
  assert.equal(one, other)
  assert.equal(truth.hashes('public'), truth.hashes('public'))
  await truth.close()
})
