import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { Command } from 'commander'
import { exitCodes } from './cli-error.ts'
import type { Context } from './context.ts'
import { buildProgram, runCommand } from './program.ts'

function context(): { context: Context; said: () => string } {
  const pieces: string[] = []
  const output = new PassThrough()
  output.on('data', (piece: Buffer) => pieces.push(piece.toString()))
  const nowhere = { stdin: new PassThrough(), stdout: output, stderr: output }
  return {
    context: { cwd: '/nonexistent', env: { COMITY_HOME: '/nonexistent/home' }, ...nowhere, now: () => 0 },
    said: () => pieces.join(''),
  }
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (piece) => (text += piece) })
  command.outputHelp()
  return text
}

const { context: quiet } = context()
const commands = everyCommand(buildProgram(quiet, () => {})).filter((each) => each.name() !== 'help')

test('every verb of the command is there', () => {
  const names = new Set(commands.map((each) => each.name()))
  const wanted =
    'start init serve status rebuild backup restore sign submit approve receipt verify audit diff party token endorse trust adhere support product release inventory advisory matches acknowledge findings instruments'
  for (const name of wanted.split(' ')) assert.ok(names.has(name), name)
})

test('every help fits 80 columns and ends with an example', () => {
  for (const command of commands) {
    const help = helpOf(command)
    for (const line of help.split('\n')) assert.ok([...line].length <= 80, `${command.name()}: ${line}`)
    assert.match(help, /Examples?:\n {2}\$ comity /, `${command.name()} has no example`)
  }
})

test('an unknown command, a missing option and a wrong choice end with 2 and say what would be right', async () => {
  for (const [argv, says] of [
    [['nonsense'], /unknown command 'nonsense'/],
    [['party', 'create', 'acme'], /--name <name>/],
    [['party', 'create', 'acme', '--name', 'A', '--type', 'bank'], /Allowed choices are state, organisation/],
    [['serve', '--port', '70000', '--data', '/nonexistent'], /holds no node/],
    [['instruments', 'gids-77'], /no provision: code-a to code-k/],
    [['audit', '/nonexistent/folder'], /does not exist/],
    [['verify', '/nonexistent/file'], /does not exist/],
    [['diff', '--from', 'yesterday'], /is no time/],
  ] as const) {
    const { context: own, said } = context()
    const code = await runCommand(argv, own)
    assert.match(said().replaceAll(/\s+/g, ' '), says, argv.join(' '))
    assert.ok(code === exitCodes.usage || code === exitCodes.unavailable, `${argv.join(' ')}: ${code}`)
    assert.doesNotMatch(said(), /\n\s+at /, 'a stack trace')
  }
})

test('a failure with --json is JSON on standard output', async () => {
  const { context: own, said } = context()
  assert.equal(await runCommand(['status', '--node', 'ftp://x', '--json'], own), exitCodes.usage)
  const text = said()
  const { error } = JSON.parse(text.slice(0, text.lastIndexOf('}') + 1))
  assert.equal(error.code, 'usage')
  assert.match(error.message, /ftp:\/\/x/)
})

test('what the command line itself gets wrong is JSON too, and is said once', async () => {
  for (const [argv, says] of [
    [['nonsense', '--json'], /unknown command 'nonsense'/],
    [['party', 'create', 'acme', '--json'], /--name <name>/],
    [['--json', 'party', 'create', 'acme', '--name', 'A', '--type', 'bank'], /Allowed choices are state, organisation/],
    [['audit', '--nonsense', '--json'], /unknown option '--nonsense'/],
    [['receipt', '--json'], /missing required argument 'statement'/],
    [['findings', 'a', 'b', 'c', '--json'], /too many arguments/],
  ] as const) {
    const own = context()
    const out: string[] = []
    const stdout = new PassThrough().on('data', (piece: Buffer) => out.push(piece.toString()))
    assert.equal(await runCommand(argv, { ...own.context, stdout }), exitCodes.usage, argv.join(' '))
    const { error } = JSON.parse(out.join(''))
    assert.equal(error.code, 'usage')
    assert.match(error.message, says)
    assert.doesNotMatch(error.message, /^error:/)
    assert.equal(own.said().match(/comity: /g)?.length, 1, own.said())
  }
})

test('no node that answers ends with 4', async () => {
  const { context: own, said } = context()
  assert.equal(await runCommand(['status', '--node', 'http://127.0.0.1:9'], own), exitCodes.unavailable)
  assert.match(said(), /Start a node with "comity\s+serve"/)
})

test('instruments need no node', async () => {
  const { context: own, said } = context()
  assert.equal(await runCommand(['instruments'], own), exitCodes.ok)
  for (const line of said().split('\n')) assert.ok([...line].length <= 80, line)
  assert.match(said(), /gids-9/)
})
