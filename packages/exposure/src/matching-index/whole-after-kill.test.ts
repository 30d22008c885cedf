import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MatchIndex } from './index.ts'
import { dump } from './plain-model.fixture.ts'

const program = fileURLToPath(new URL('put-until-killed.fixture.ts', import.meta.url))

/** Kills the process after it has said so many rounds, in the middle of another. Returns the last round it said. */
async function putAndKill(path: string, from: number, rounds: number): Promise<number> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, path, String(from)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  let last = -1
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line)
    if (last >= from + rounds) child.kill('SIGKILL')
  }
  await ended
  return last
}

test('a process that is killed leaves whole inventories, and all that it had put in', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'comity-index-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'match.db')
  let from = 1
  for (const rounds of [0, 3, 1, 6]) {
    const said = await putAndKill(path, from, rounds)
    const database = new DatabaseSync(path)
    // Throws where lists and inventories differ.
    assert.ok(dump(database).length > 0)
    const index = new MatchIndex(database)
    for (let i = 0; i < 40; i++) {
      const versions = new Set(index.componentsOf(`inventory ${i}`).map(({ version }) => version))
      assert.equal(versions.size, 1)
      const [version] = versions
      assert.ok(Number.parseInt(version ?? '', 10) >= said, `${version} after round ${said}`)
    }
    database.close()
    from = said + 2
  }
})
