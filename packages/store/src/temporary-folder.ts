import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** For tests: a new folder that is removed when the test ends. */
export function temporaryFolder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'comity-store-'))
  context.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}
