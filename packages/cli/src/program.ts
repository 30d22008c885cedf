import { Command, CommanderError, Option } from 'commander'
import { CliError, exitCodes, exitMeanings } from './cli-error.ts'
import type { Context, Result } from './context.ts'
import { type GlobalOptions, Session } from './session.ts'
import { defaultWidth } from './terminal/text.ts'
import { type Loaded, loadVerbs } from './verbs/all.ts'

export interface ProgramOptions {
  /** Shows no help with an error. */
  readonly asJson?: boolean
  /** The verb that will be asked for: no other is there then. All of them where it is none, or not known yet. */
  readonly verb?: string | undefined
}

/** The `comity` command. `end` hears the exit code of the verb that ran. */
export async function buildProgram(
  context: Context,
  end: (exitCode: number) => void,
  { asJson = false, verb }: ProgramOptions = {},
): Promise<Command> {
  return programOf(await loadVerbs(verb), context, end, asJson)
}

function programOf(
  verbs: readonly Loaded[],
  context: Context,
  end: (exitCode: number) => void,
  asJson: boolean,
): Command {
  const program = new Command('comity')
  program
    .description(
      'Commitments on information and data security as signed statements in public logs, with findings that anyone can recompute.',
    )
    .version('0.1.0', '-V', 'print the version (also: comity --version)')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ helpWidth: defaultWidth, showGlobalOptions: true, styleTitle: (title) => title })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      // The help that commander shows to who named no verb: beside JSON it would be in the way.
      writeErr: (text) => void (asJson || context.stderr.write(text)),
      // Said once by `runCommand`, which knows how: as text, or as JSON too.
      outputError: () => {},
      getOutHelpWidth: () => defaultWidth,
      getErrHelpWidth: () => defaultWidth,
    })
    .exitOverride()
    .showSuggestionAfterError()
  for (const option of globalOptions()) program.addOption(option)
  program.addHelpText(
    'after',
    `\nExit codes:\n${exitLines()}\n\nExample:\n  $ comity party create acme --name "Acme" --type provider`,
  )
  for (const { heading, register } of verbs) {
    program.commandsGroup(heading)
    register(program, { run: (action) => wrapped(context, end, action) })
  }
  return program
}

/** Runs the command with these arguments and resolves with its exit code. It never rejects. */
export async function runCommand(argv: readonly string[], context: Context): Promise<number> {
  let exitCode: number = exitCodes.ok
  const asJson = asksForJson(argv)
  // A verb may have a --version of its own (`release add`), so only in first place is it the command's.
  const args = argv[0] === '--version' ? ['-V'] : [...argv]
  // Behind an option stands perhaps its value.
  const verbs = args[0] === '-V' ? [] : await loadVerbs(args[0])
  const program = programOf(verbs, context, (code) => (exitCode = code), asJson)
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
    return await report(context, usageOf(error, program, argv), asJson)
  }
}

/** What commander refuses in the words of this command; everything else stays what it is. */
function usageOf(error: unknown, program: Command, argv: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error
  // `comity party` without a verb has shown its help already: commander's message is then no sentence.
  if (error.code === 'commander.help') return new CliError('usage', whichCommand(program, argv), { cause: error })
  return new CliError('usage', error.message.replace(/^error: /, ''), { cause: error })
}

function whichCommand(program: Command, argv: readonly string[]): string {
  const family = program.commands.find((each) => each.name() === argv.find((word) => !word.startsWith('-')))
  const asked = family === undefined || family.commands.length === 0 ? program : family
  const verbs = asked.commands.map((each) => each.name()).filter((name) => name !== 'help')
  return `which command? ${asked === program ? 'comity' : `comity ${asked.name()}`} has ${verbs.join(', ')}`
}

/** Whether `--json` is among the options: what follows `--` is a value. Commander may have stopped before it got there. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json')
}

function wrapped<Options, Arguments extends readonly unknown[]>(
  context: Context,
  end: (exitCode: number) => void,
  action: (session: Session, options: Options, ...args: Arguments) => Promise<Result | undefined>,
) {
  return async (...received: unknown[]): Promise<void> => {
    const command = received.at(-1)
    if (!(command instanceof Command)) throw new TypeError('an action is called with the command last')
    // Commander calls an action with its arguments, its options, and the command itself, in this order. Which arguments
    // there are is said by the text given to `command()`, which no type can read.
    const args = received.slice(0, -2) as unknown as Arguments
    const options = command.optsWithGlobals<GlobalOptions & Options>()
    const session = new Session(context, options)
    try {
      const result = await action(session, options, ...args)
      session.progress.end()
      if (result !== undefined) {
        const text = options.json === true ? JSON.stringify(result.json, null, 2) : result.text
        context.stdout.write(`${text}\n`)
        end(result.exitCode ?? exitCodes.ok)
      }
    } catch (error) {
      session.progress.end()
      end(await report(context, session.explained(error), options.json === true))
    } finally {
      await session.close()
    }
  }
}

/** Standard output is for results: what went wrong stands on standard error, as text or as one JSON object. */
async function report(context: Context, error: unknown, asJson: boolean): Promise<number> {
  // It knows the errors of every room: loaded when there is one.
  const { reportError } = await import('./report-error.ts')
  const { text, json, exitCode } = await reportError(error, context.env['COMITY_DEBUG'] !== undefined)
  context.stderr.write(`${asJson ? JSON.stringify(json, null, 2) : text}\n`)
  return exitCode
}

function globalOptions(): readonly Option[] {
  return [
    new Option('--json', 'print the result as JSON'),
    new Option('--as <alias>', 'the party of this home that signs ($COMITY_AS)'),
    new Option('--node <url>', 'the node to speak to ($COMITY_NODE)'),
    new Option('--data <dir>', "a node's data folder ($COMITY_DATA, else ./data)"),
    new Option('--home <dir>', 'your keys and tokens ($COMITY_HOME, else ~/.local/share/comity)'),
    new Option('--token-file <file>', 'the token to file with ($COMITY_TOKEN)'),
    new Option('--passphrase-file <file>', 'passphrase of the keys, first line ($COMITY_PASSPHRASE)'),
  ]
}

function exitLines(): string {
  return Object.entries(exitCodes)
    .map(([name, code]) => {
      const words = exitMeanings[name as keyof typeof exitCodes] // the names of exitCodes
      return `  ${code}  ${wrapTail(words)}`
    })
    .join('\n')
}

function wrapTail(words: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of words.split(' ')) {
    if (line.length + word.length + 1 > defaultWidth - 6) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n     ')
}
