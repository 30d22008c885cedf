/** Runs the command as `main.ts` does, with standard input in place of a terminal that says what is done to it. */
import { processContext } from './context.ts'
import { runCommand } from './program.ts'

const stdin = Object.assign(process.stdin, {
  isTTY: true,
  setRawMode: (raw: boolean) => process.stderr.write(raw ? '[raw on]' : '[raw off]'),
})
process.exitCode = await runCommand(process.argv.slice(2), { ...processContext(), stdin })
