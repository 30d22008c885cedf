import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { provisionIds } from '@comity/instruments'
import type { Command } from 'commander'
import { exitCodes } from './cli-error.ts'
import type { Context } from './context.ts'
import { buildProgram, runCommand } from './program.ts'
import { widthOf } from './terminal/text.ts'
import { groups } from './verbs/all.ts'

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
const commands = everyCommand(await buildProgram(quiet, () => {})).filter((each) => each.name() !== 'help')

test('every verb of the command is there', () => {
  const names = new Set(commands.map((each) => each.name()))
  const wanted =
    'start init serve status rebuild backup restore sign submit approve receipt check verify audit diff party token endorse trust adhere support product release inventory advisory matches acknowledge findings instruments case policy export resources'
  for (const name of wanted.split(' ')) assert.ok(names.has(name), name)
})

test('each verb is found in the file that is said to have it, and nothing else is', async () => {
  for (const { families } of groups) {
    for (const { names } of families) {
      for (const verb of names) {
        const program = await buildProgram(quiet, () => {}, { verb })
        assert.deepEqual(
          program.commands.map((each) => each.name()),
          names,
        )
      }
    }
  }
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

/** The same, with the two streams apart. */
function apart() {
  const gather = () => {
    const pieces: string[] = []
    return { stream: new PassThrough().on('data', (piece: Buffer) => pieces.push(piece.toString())), pieces }
  }
  const [out, err] = [gather(), gather()]
  return {
    context: { ...context().context, stdout: out.stream, stderr: err.stream },
    out: () => out.pieces.join(''),
    err: () => err.pieces.join(''),
  }
}

test('a failure with --json is one JSON object on standard error, and nothing on standard output', async () => {
  const own = apart()
  assert.equal(await runCommand(['status', '--node', 'ftp://x', '--json'], own.context), exitCodes.usage)
  const { error } = JSON.parse(own.err())
  assert.equal(error.code, 'usage')
  assert.match(error.message, /ftp:\/\/x/)
  assert.equal(own.out(), '')
})

test('what commander refuses is JSON too, for every verb and family of verbs', async () => {
  const nameOf = (command: Command): string[] =>
    command.parent === null ? [] : [...nameOf(command.parent), command.name()]
  const leaves = commands.filter((each) => each.commands.length === 0)
  const families = commands.filter((each) => each.commands.length > 0)
  assert.ok(leaves.length > 30 && families.length > 4)
  const wrong: (readonly [readonly string[], RegExp])[] = [
    ...leaves.map((each) => [[...nameOf(each), '--json', '--nonsense'], /'--nonsense'|not specified|missing/] as const),
    ...leaves
      .filter(
        (each) => each.registeredArguments.some(({ required }) => required) || each.options.some((o) => o.mandatory),
      )
      .map((each) => [[...nameOf(each), '--json'], /not specified|missing required argument/] as const),
    ...leaves
      .filter((each) => !each.registeredArguments.some(({ variadic }) => variadic))
      .map((each) => [[...nameOf(each), 'a', 'b', 'c', 'd', '--json'], /too many arguments|not specified/] as const),
    ...families.map((each) => [[...nameOf(each), '--json'], /^which command\? comity.* has [a-z]+/] as const),
    ...families.map((each) => [['--json', ...nameOf(each), 'nonsense'], /unknown command 'nonsense'/] as const),
    [['status', '--json', '--port', '1'], /unknown option '--port'/],
    [['nonsense', '--json'], /unknown command 'nonsense'/],
    [['party', 'create', 'acme', '--json'], /--name <name>/],
    [['--json', 'party', 'create', 'acme', '--name', 'A', '--type', 'bank'], /Allowed choices are state, organisation/],
    [['audit', '--nonsense', '--json'], /unknown option '--nonsense'/],
    [['receipt', '--json'], /missing required argument 'statement'/],
    [['findings', 'a', 'b', 'c', '--json'], /too many arguments/],
  ]
  for (const [argv, says] of wrong) {
    const own = apart()
    assert.equal(await runCommand(argv, own.context), exitCodes.usage, argv.join(' '))
    const { error } = JSON.parse(own.err())
    assert.equal(error.code, 'usage')
    assert.match(error.message, says, argv.join(' '))
    assert.doesNotMatch(error.message, /^error:/)
    assert.equal(own.out(), '')
  }
})

test('what was typed wrong is said within 80 columns, however long it is', async () => {
  const long = 'x'.repeat(300)
  for (const argv of [
    [long],
    [`--${long}`],
    ['status', '--node', long],
    ['party', 'show', long],
    ['party', 'create', long, '--name', 'A'],
    ['party', 'create', 'a', '--name', 'A', '--type', long],
    ['approve', long],
    ['serve', '--port', long],
    ['init', '--name', 'A', '--origin', `https://${long}`],
    ['diff', '--from', '网'.repeat(100)],
    ['party', 'nonsense'],
    ['token', 'isue'],
  ]) {
    const own = apart()
    await runCommand(argv, own.context)
    assert.match(own.err(), /^comity:/m, argv.join(' ').slice(0, 60))
    if (argv[0] === 'approve') continue // a file that is not there: its path stays whole
    for (const line of own.err().split('\n')) assert.ok(widthOf(line) <= 80, line)
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
  for (const id of provisionIds) assert.match(said(), new RegExp(`^ *${id} `, 'm'))
  const one = context()
  assert.equal(await runCommand(['instruments', 'gids-8'], one.context), exitCodes.ok)
  for (const label of ['cited', 'binds', 'duty', 'asks', 'Comity', 'on record', 'UN norms']) {
    assert.match(one.said(), new RegExp(`^ +${label} +\\S`, 'm'))
  }
})
