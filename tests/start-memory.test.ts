/** What starting a node took is given back before it waits for its first request. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { servedOptions } from '../bench/server/as-served.ts'
import { runServer } from '../bench/server/running-server.ts'

/** Megabytes of a node that was founded before and has just begun to listen. */
async function megabytes(context: TestContext, options: readonly string[]): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'comity-start-memory-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  await (await runServer(directory)).stop()
  const server = await runServer(directory, 'serve-folder.ts', [], options)
  const { now } = await server.memory()
  await server.stop()
  return now / 1e6
}

test('a served node gives back what its start took', async (context) => {
  const withIt = await megabytes(context, servedOptions)
  const without = await megabytes(
    context,
    servedOptions.filter((option) => option !== '--expose-gc'),
  )
  assert.ok(withIt + 8 < without, `${withIt.toFixed(0)} MB, and ${without.toFixed(0)} MB where nothing is given back`)
})
