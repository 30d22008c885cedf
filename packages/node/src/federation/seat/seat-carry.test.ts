/** Moves that come to their seat in a file, between nodes that have no link. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { actor } from '@comity/testkit'
import { disputeOf, moveIn, notification } from '../../judge/dispute.fixture.ts'
import { ComityNode } from '../../node.ts'
import { CarryFile } from '../carry/carry-file.ts'
import { carriedFetch } from '../carry/carried-fetch.ts'
import { exportCarry } from '../carry/export-carry.ts'
import { importCarry } from '../carry/import-carry.ts'
import { folder, place } from '../recovery/recovery.fixture.ts'

test('what is filed at a node without a link is taken over when its file comes, each move once', async (context) => {
  const [seat, away] = await Promise.all([place(context, 'carried seat'), place(context, 'carried home')])
  const iat = seat.clock.now()
  const claimant = actor('claimant', seat.own.origin)
  const respondent = actor('respondent', away.own.origin)
  const urn = disputeOf(claimant)
  await seat.node.submit(claimant.founding(iat))
  await seat.node.submit(notification(claimant, seat.own.origin, [respondent], { iat }))
  await seat.stop()
  const file = (name: string, body = {}) =>
    away.node.submit(moveIn(respondent, urn, seat.own.origin, name, { iat, body }))
  await away.node.submit(respondent.founding(iat))
  await file('acknowledge')
  await file('close')
  await file('reply', { text: 'We look into it.' })
  const stick = join(folder(context), 'stick')
  await exportCarry({ directory: away.directory, to: stick, signer: away.own.keys.receipt, at: iat })

  const { directory, own, clock } = seat
  const follow = new Map([[away.own.origin, away.own.urn]])
  for (const time of ['first', 'second']) {
    const carried = await CarryFile.open(stick)
    const opened: ComityNode[] = []
    const fetch = carriedFetch([carried], () => opened[0]?.peers.list() ?? [])
    const node = await ComityNode.open({ directory, keys: own.keys, now: clock.now, fetch })
    opened.push(node)
    await importCarry({ node, files: [carried], follow })
    await node.seat.step()
    const names = node.reader.prepare('SELECT name FROM move ORDER BY effective').all()
    assert.equal(names.map((row) => row['name']).join(), 'notify,acknowledge,reply', time)
    assert.deepEqual(
      node.seat.refusalsOf(urn).map(({ name, code }) => [name, code]),
      [['close', 'not-possible-now']],
      time,
    )
    await node.close()
    await carried.close()
  }
})
