/**
 * Writes `vectors/log/*.json` anew: `node packages/log/src/cases/make.fixture.ts`. Everything is
 * deterministic, and a test compares the committed files with what this makes.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { checkpoints, cosignatureMessages, subtreeMessages } from './checkpoints.fixture.ts'
import { notes, verifierKeys } from './notes.fixture.ts'
import { policies } from './policies.fixture.ts'
import { addCheckpoints, tlogProofs } from './requests.fixture.ts'
import { consistencies, entryBundles, inclusions, tilePaths } from './trees.fixture.ts'

/** The files by name, without `.json`. */
export const files = {
  'add-checkpoints': addCheckpoints,
  checkpoints,
  consistency: consistencies,
  'cosignature-messages': cosignatureMessages,
  'entry-bundles': entryBundles,
  inclusion: inclusions,
  notes,
  policies,
  'subtree-messages': subtreeMessages,
  'tile-paths': tilePaths,
  'tlog-proofs': tlogProofs,
  'verifier-keys': verifierKeys,
} as const

/** Where the files are committed. */
export const folder = new URL('../../../../vectors/log/', import.meta.url)

/** A file's text. */
export function textOf(file: object): string {
  return `${JSON.stringify(file, null, 2)}\n`
}

if (import.meta.main) {
  await mkdir(folder, { recursive: true })
  for (const [name, file] of Object.entries(files)) await writeFile(new URL(`${name}.json`, folder), textOf(file))
}
