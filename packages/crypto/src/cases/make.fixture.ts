/**
 * Writes `vectors/crypto/*.json` anew: `node packages/crypto/src/cases/make.fixture.ts`. Everything is
 * deterministic, and a test compares the committed files with what this makes.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { ed25519Cases } from './ed25519.fixture.ts'
import { es256Cases } from './es256.fixture.ts'
import { mlDsa44Cases } from './ml-dsa-44.fixture.ts'

/** The files by name, without `.json`. */
export const files = { ed25519: ed25519Cases, es256: es256Cases, 'ml-dsa-44': mlDsa44Cases } as const

/** Where the files are committed. */
export const folder = new URL('../../../../vectors/crypto/', import.meta.url)

/** A file's text. */
export function textOf(file: object): string {
  return `${JSON.stringify(file, null, 2)}\n`
}

if (import.meta.main) {
  await mkdir(folder, { recursive: true })
  for (const [name, file] of Object.entries(files)) await writeFile(new URL(`${name}.json`, folder), textOf(file))
}
