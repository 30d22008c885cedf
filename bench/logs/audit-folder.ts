/** `audit-folder.ts DIRECTORY`: `comity audit DIRECTORY`, and prints the most memory that this took, in bytes. */
import { PassThrough } from 'node:stream'
import { processContext, runCommand } from '@comity/cli'
import { memoryOf } from '../server/process-memory.ts'

const summary = new PassThrough().resume()
const exitCode = await runCommand(['audit', process.argv[2] ?? ''], { ...processContext(), stdout: summary })
if (exitCode !== 0) throw new Error(`the audit ended with ${exitCode}`)
process.stdout.write(String(memoryOf('self').peak))
