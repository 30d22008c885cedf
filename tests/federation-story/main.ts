/** `npm run story`: plays the story of a federation, line by line. Ends with 1 where it does not come out as it should. */
import { play } from './story.ts'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => interruption.abort())

try {
  await play((line) => process.stdout.write(`${line}\n`), interruption.signal)
} catch (error) {
  process.stderr.write(`\nThe story broke off: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = interruption.signal.aborted ? 130 : 1
}
