/** The `comity` command. */
import { enableCompileCache } from 'node:module'

// Whoever read our output may be gone: `| head`, a closed terminal. That ends what is printed and nothing else; a server
// goes on serving.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

// Types are stripped from some three hundred files at each start; the cache halves the time that takes.
enableCompileCache()
const { processContext } = await import('./context.ts')
const { runCommand } = await import('./program.ts')

process.exitCode = await runCommand(process.argv.slice(2), processContext())
