/** The `comity` command and the composition root. See README.md. */
export { exitCodes, exitMeanings } from './cli-error.ts'
export { type Context, processContext } from './context.ts'
export { buildProgram, runCommand } from './program.ts'
