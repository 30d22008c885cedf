/**
 * Writes `vectors/statement/*.json` anew: `node packages/statement/src/cases/make.fixture.ts`.
 * Everything is deterministic, and a test compares the committed files with what this makes.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { json } from './json.fixture.ts'
import { keys } from './keys.fixture.ts'
import { parties } from './parties.fixture.ts'
import { receipts } from './receipts.fixture.ts'
import { invalidStatements, validStatements } from './statements.fixture.ts'

/** The files by name, without `.json`. */
export const files = {
  'invalid-statements': invalidStatements,
  json,
  keys,
  parties,
  receipts,
  'valid-statements': validStatements,
} as const

/** Where the files are committed. */
export const folder = new URL('../../../../vectors/statement/', import.meta.url)

/** A file's text. */
export function textOf(file: object): string {
  return `${JSON.stringify(file, null, 2)}\n`
}

if (import.meta.main) {
  await mkdir(folder, { recursive: true })
  for (const [name, file] of Object.entries(files)) await writeFile(new URL(`${name}.json`, folder), textOf(file))
}
