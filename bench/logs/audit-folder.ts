/** `audit-folder.ts DIRECTORY`: audits a data folder and prints the most memory that this took, in bytes. */
import { FolderSource, audit } from '@comity/node'
import { memoryOf } from '../server/process-memory.ts'

const report = await audit({ source: FolderSource.open(process.argv[2] ?? '') })
if (report.verdict !== 'equal') throw new Error(`the audit found ${JSON.stringify(report.differences[0])}`)
process.stdout.write(String(memoryOf('self').peak))
