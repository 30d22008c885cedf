import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { actor } from '@comity/testkit'
import { disputeOf, moveIn, notification } from '../../judge/dispute.fixture.ts'
import { Follower, WrittenLog, peerOf, product, servePeer, start } from './peer.fixture.ts'

/** The same statement with a signature that does not hold. */
function forged(statement: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(statement)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return bytes
}

function voidRows(follower: Follower): [number, string][] {
  return (follower.rows()['void'] ?? [])
    .map((row): { position: number; code: string } => JSON.parse(row))
    .map(({ position, code }): [number, string] => [position % 2 ** 40, code])
    .toSorted(([one], [other]) => one - other)
}

test('what is no statement, has no right signature or is refused by the judge is void, and the log goes on', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  const stranger = actor('nobody knows', log.origin)
  const good = product(author, 'Gateway', start + 2)
  const first = log.size
  log.append(
    start + 2,
    forged(good),
    Buffer.from('no statement at all'),
    product(stranger, 'Of nobody', start + 2),
    forged(product(stranger, 'Of nobody', start + 2)),
    good,
    good,
    product(author, 'From the future', start + 9000),
  )
  // A time leaf that the keeper did not sign closes nothing.
  log.leaves.push(forged(log.timeLeaf(start + 3)), log.timeLeaf(start + 3, author.signer))
  log.append(start + 4, product(author, 'Last', start + 4))
  const peer = await servePeer(context, () => log)
  const follower = await Follower.open(context)
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  assert.deepEqual(voidRows(follower), [
    [first, 'wrong-signature'],
    [first + 1, 'wrong-tag'],
    [first + 2, 'unknown-party'],
    [first + 3, 'unknown-party'],
    [first + 5, 'duplicate-statement'],
    [first + 6, 'clock-in-future'],
    [first + 8, 'time-decreases'],
    [first + 9, 'unknown-key'],
  ])
  const [state] = follower.mirrors.states()
  assert.deepEqual([state?.state, state?.size, state?.voidEntries], ['following', log.size, 8])
  assert.deepEqual(follower.mirrors.find(log.origin)?.copy.record.forged, [first, first + 8])
  await rebuiltAlike(context, follower)
})

test('a move that its seat should have refused is void, and its case goes on without it', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  const other = actor('the other side', log.origin)
  const urn = disputeOf(author)
  const move = (by: typeof author, name: string, body = {}) =>
    moveIn(by, urn, log.origin, name, { iat: start + 2, body })
  const first = log.size
  log.append(
    start + 2,
    other.founding(start + 2),
    notification(author, log.origin, [other], { iat: start + 2 }),
    move(author, 'acknowledge'),
    move(other, 'acknowledge'),
    move(other, 'settle', { terms: 'nothing' }),
  )
  const peer = await servePeer(context, () => log)
  const follower = await Follower.open(context)
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  assert.deepEqual(voidRows(follower), [
    [first + 2, 'not-your-move'],
    [first + 4, 'bad-body'],
  ])
  const [state] = (follower.rows()['case_now'] ?? []).map((row): { state: string } => JSON.parse(row))
  assert.equal(state?.state, 'acknowledged')
  await rebuiltAlike(context, follower)
})

test('more wrong signatures than are listed are verified again at a rebuild, with the same outcome', async (context) => {
  const { log, author } = WrittenLog.founded(context.name)
  for (let at = start + 2; log.size < 1500; at++) {
    const statements = Array.from({ length: 50 }, (_, i) => product(author, `Product ${log.size + i}`, at))
    log.append(at, ...statements.map((each, i) => (i % 10 === 0 ? each : forged(each))))
  }
  const peer = await servePeer(context, () => log)
  const follower = await Follower.open(context)
  await follower.mirrors.follow([peerOf(log, peer.url)])
  await follower.settle()
  const record = follower.mirrors.find(log.origin)?.copy.record
  assert.equal(record?.forged.length, 1024)
  assert.ok((record?.recheckFrom ?? 0) > (record?.forged.at(-1) ?? 0))
  assert.equal(voidRows(follower).length, Math.floor((log.size - 5) / 51) * 45)
  await rebuiltAlike(context, follower)
})

async function rebuiltAlike(context: TestContext, follower: Follower): Promise<void> {
  const live = follower.rows()
  await follower.close()
  rmSync(join(follower.directory, 'views'), { recursive: true })
  const again = await Follower.open(context, {
    directory: follower.directory,
    fetch: () => Promise.reject(new Error('a rebuild asks nobody')),
  })
  assert.deepEqual(again.rows(), live)
  await again.close()
}
