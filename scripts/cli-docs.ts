/** Writes what `docs/cli.md` says: the help of every command as the command itself prints it. */
import { buildProgram, exitCodes, exitMeanings, processContext } from '@comity/cli'

type Command = Awaited<ReturnType<typeof buildProgram>>

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({
    writeOut: (piece) => {
      text += piece
    },
  })
  command.outputHelp()
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

function nameOf(command: Command): string {
  const { parent } = command
  return parent === null ? command.name() : `${nameOf(parent)} ${command.name()}`
}

/** Options that every command takes are listed once, at the top. */
function withoutGlobals(help: string): string {
  return help.replace(/\n\nGlobal Options:\n(?: .*\n?)+/, '\n')
}

function section(command: Command, level: number): string {
  const help = withoutGlobals(helpOf(command)).trimEnd()
  const own = `${'#'.repeat(level)} ${nameOf(command)}\n\n\`\`\`text\n${help}\n\`\`\``
  return [own, ...verbsOf(command).map((each) => section(each, level + 1))].join('\n\n')
}

function verbsOf(command: Command): readonly Command[] {
  return command.commands.filter((each) => each.name() !== 'help')
}

/** The whole of `docs/cli.md`, generated: a change belongs into `packages/cli`. */
export async function cliDocument(): Promise<string> {
  const program = await buildProgram(processContext(), () => {})
  const codes = Object.entries(exitCodes).map(([name, code]) => {
    const meaning = exitMeanings[name as keyof typeof exitCodes] // the names of exitCodes
    return `| ${code} | ${meaning} |`
  })
  return `${[
    '# The `comity` command',
    '<!-- Generated from packages/cli by scripts/cli-docs.ts. Do not edit. -->',
    'In a clone it is `node scripts/comity.mjs`, or `npx comity`; `ln -s CLONE/scripts/comity.mjs ~/.local/bin/comity` puts it on the `PATH`. What each verb prints fits 80 columns; with `--json` it is JSON on standard output. Progress on terminals goes to standard error, and so does what went wrong: with `--json` as one object `{"error": {"code", "message"}}`, also for an unknown option or a missing argument. Standard output is then empty. A signal ends the command as it ends others (128 and its number in a shell); what was half made is taken back.',
    ['| exit code | it says |', '| --- | --- |', ...codes].join('\n'),
    `\`\`\`text\n${helpOf(program)}\n\`\`\``,
    '## Which node, which party',
    'A command speaks to the node of `--node` or `$COMITY_NODE`; else to that of the party it signs for; else to the one whose data folder is at hand. If a server holds that folder, the command speaks HTTP to it; if none does, it opens the folder for this one command. Where nothing of this leads anywhere it tries `http://localhost:8480`. `comity audit` without a source audits what this leads to; a folder it reads as it lies, without a key.',
    'It signs for the party of `--as` or `$COMITY_AS`, or for the only one in the home. A home (`--home`, `$COMITY_HOME`) holds for each party its key files, its first statement and a token. Key files are encrypted with scrypt and AES-256-GCM under a passphrase (asked for, or `--passphrase-file`, or `$COMITY_PASSPHRASE`); `--insecure-no-passphrase` leaves them open.',
    ...verbsOf(program).map((each) => section(each, 2)),
  ].join('\n\n')}\n`
}
