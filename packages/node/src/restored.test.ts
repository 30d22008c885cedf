import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { backupTruth, restoreBackup, type FilesTruth } from '@comity/store'
import { actor, keeper, manualClock } from '@comity/testkit'
import { ComityNode, showCheckpoint } from './index.ts'

const home = keeper('restored')

test('once it was shown that its log went on, a restored folder never signs again, whatever it is shown later', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'comity-restored-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const [live, backup, restored] = ['live', 'backup', 'restored'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const clock = manualClock()
  const options = { keys: home.keys, now: clock.now }
  const founding = { party: home.founding(clock.now()), policy: home.policy(clock.now()) }
  const node = await ComityNode.found({ directory: live, ...options, ...founding })
  const atBackup = node.head.note
  // Safe: a node on files has the truth of the files backend.
  await backupTruth(node.truth as FilesTruth, backup, { at: clock.now() })
  await node.submit(actor('later', home.origin).founding(clock.now()))
  const later = node.head.note
  await node.close()

  await restoreBackup(backup, restored, { at: clock.now() })
  const show = (checkpoint: string) =>
    showCheckpoint({ directory: restored, checkpoint, logKeys: [home.keys.log.publicKey], now: clock.now() })
  assert.equal((await show(later)).outcome, 'behind')
  assert.equal((await show(atBackup)).outcome, 'behind')
  const frozen = await ComityNode.open({ directory: restored, ...options })
  assert.equal(frozen.stopped?.code, 'frozen')
  assert.match(frozen.stopped?.message ?? '', /went on to 5 entries/)
  await frozen.close()
})
