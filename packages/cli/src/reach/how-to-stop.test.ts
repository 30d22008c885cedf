import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { corner } from '../cli.fixture.ts'
import { howToStop } from './how-to-stop.ts'

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY })
const stat = (group: number, ofTerminal: number) => `4711 (node (x) y) S 1 ${group} 4000 34816 ${ofTerminal} 4194304 0`

test('Ctrl+C is named only where a terminal leads to the server', () => {
  const terminal = { stdin: stream(true), stdout: stream(true) }
  assert.equal(howToStop(terminal, { pid: 4711, stat: stat(4700, 4700) }), 'Ctrl+C')
  assert.match(howToStop(terminal, { pid: 4711, stat: stat(4700, 4000) }), /4711/)
  assert.match(howToStop({ ...terminal, stdin: stream(false) }, { pid: 4711, stat: stat(4700, 4700) }), /4711/)
  assert.match(howToStop({ ...terminal, stdout: stream(false) }, { pid: 4711, stat: stat(4700, 4700) }), /4711/)
})

test('a server without a terminal says which process to end, and that ends it', async (context) => {
  const own = corner(context)
  await own.json('init', '--name', 'Keeper', '--insecure-no-passphrase')
  for (const verb of ['serve', 'start']) {
    const child = own.start(verb, '--port', '0')
    let said = ''
    const ended = new Promise((resolve) => child.on('close', (...how) => resolve(how)))
    for await (const piece of child.stdout.setEncoding('utf8')) {
      said += String(piece)
      const pid = Number(/Stop it with: kill (\d+)\n/.exec(said)?.[1] ?? 0)
      if (pid > 0) process.kill(pid, 'SIGTERM')
    }
    assert.deepEqual(await ended, [0, null], said)
    assert.doesNotMatch(said, /Ctrl/)
  }
})
