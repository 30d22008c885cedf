/** The `comity` command. */
import { enableCompileCache } from 'node:module'

// Types are stripped from some three hundred files at each start; the cache halves the time that takes.
enableCompileCache()
const { processContext } = await import('./context.ts')
const { runCommand } = await import('./program.ts')

process.exitCode = await runCommand(process.argv.slice(2), processContext())
