import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { CorePayloads } from '@comity/statement'
import { type Keeper, manualClock } from '@comity/testkit'
import { ComityNode } from './node.ts'

/** A keeper's node, founded in a folder of its own at a moment of a clock that stands; both go when the test ends. */
export async function foundedNode(
  context: TestContext,
  home: Keeper,
  start: number,
  policy?: Partial<CorePayloads['policy']>,
) {
  const directory = mkdtempSync(join(tmpdir(), 'comity-founded-'))
  const clock = manualClock(start)
  const node = await ComityNode.found({
    directory,
    keys: home.keys,
    now: () => clock.now(),
    party: home.founding(start),
    policy: home.policy(start, policy),
  })
  context.after(async () => {
    await node.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return { node, clock }
}
