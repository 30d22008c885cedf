/** `npm run story`: plays the story of a federation, line by line. Ends with 1 where it does not come out as it should. */
import { play } from './story.ts'

try {
  await play((line) => process.stdout.write(`${line}\n`))
} catch (error) {
  process.stderr.write(`\nThe story broke off: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
