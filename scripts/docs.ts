/**
 * `npm run docs` writes the pages that are made from the code; `--check` fails when one of them is not as the code
 * would write it today.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cliDocument } from './cli-docs.ts'
import { findingsDocument } from './findings-docs.ts'
import { housePicture } from './house-picture.ts'
import { instrumentsDocument } from './instruments-docs.ts'
import { kindsDocument } from './kinds-docs.ts'
import { procedurePages } from './procedures-docs.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/cli.md': cliDocument,
  'docs/findings.md': findingsDocument,
  'docs/house.svg': housePicture,
  'docs/instruments.md': instrumentsDocument,
  'docs/kinds.md': kindsDocument,
  ...procedurePages,
}

function read(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined // a page that is not there yet is written, or reported by --check
  }
}

const isCheck = process.argv.includes('--check')
for (const [path, write] of Object.entries(pages)) {
  const wanted = await write()
  if (read(path) === wanted) continue
  if (isCheck) {
    process.stdout.write(`${path} is not what the code says: run npm run docs\n`)
    process.exitCode = 1
  } else {
    writeFileSync(join(root, path), wanted)
    process.stdout.write(`${path} written\n`)
  }
}
