/** A seat whose node cannot take statements for a while, or ends between two of them. */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { type PartyPayload, jwkOf, statementUrn } from '@comity/statement'
import { keyFor, signerOf } from '@comity/testkit'
import { NodeError } from '../../node-error.ts'
import { Seat, type SeatParts } from './seat.ts'
import { idOf, type Post, stage, startAt } from './seat.fixture.ts'

/** The seat of a node, with another way into its log. */
function seatOf({ node }: Post, submit: SeatParts['submit']): Seat {
  return new Seat({
    database: node.reader,
    cells: node.truth.cells,
    origin: node.origin,
    leaf: (origin, index) => node.mirrors.find(origin)?.copy.leaves(index, index + 1)[0],
    submit,
    refuse: () => assert.fail('nothing is refused for what lies in the node'),
    now: node.now,
  })
}

async function mirrored({ node }: Post): Promise<void> {
  await node.mirrors.follow(node.peers.list())
  for (let i = 0; i < 20; i++) if ((await node.mirrors.step(node.now())) > node.now()) return
}

test('a full queue refuses nobody: the seat rests, and takes the move when there is room', async (context) => {
  const { seat, south, southern, move, movesAt } = await stage(context)
  await south.node.submit(move(southern, 'acknowledge'))
  await mirrored(seat)
  let turns = 0
  const busy = seatOf(seat, (bytes) =>
    turns++ < 2 ? Promise.reject(new NodeError('too-many-requests', 'try again in a second')) : seat.node.submit(bytes),
  )
  await assert.rejects(busy.step(), { code: 'too-many-requests' })
  assert.deepEqual([busy.refused, movesAt(seat).join()], [0, 'notify'])
  const batches = new EventEmitter()
  const stop = seat.node.onBatch(() => batches.emit(movesAt(seat).join()))
  const taken = once(batches, 'notify,acknowledge')
  const errors: unknown[] = []
  busy.start((error) => errors.push(error))
  await taken
  stop()
  await busy.stop()
  assert.deepEqual(errors, [])
  assert.equal(busy.refused, 0)
})

test('what nobody foresaw is told, and is tried again when something comes', async (context) => {
  const { seat, south, southern, move, movesAt, round } = await stage(context)
  await south.node.submit(move(southern, 'acknowledge'))
  await mirrored(seat)
  const told = new EventEmitter()
  const broken = seatOf(seat, () => Promise.reject(new TypeError('a defect')))
  const error = once(told, 'told')
  broken.start((reason) => told.emit('told', reason))
  assert.match(String(await error), /a defect/)
  await broken.stop()
  assert.equal(movesAt(seat).join(), 'notify')
  await round()
  assert.equal(movesAt(seat).join(), 'notify,acknowledge')
})

test('a node that ends between a move and its approval brings the approval when it is there again', async (context) => {
  const key = (label: string, ...roles: PartyPayload['keys'][number]['roles']) => ({
    jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey }),
    roles,
  })
  const keys = [key('southern', 'sign'), key('southern second', 'approve')]
  const { seat, south, southern, move, movesAt } = await stage(context, {
    southern: { party: { keys, thresholds: { move: 2 } } },
  })
  const acknowledged = move(southern, 'acknowledge')
  await south.node.submit(acknowledged)
  const approval = southern.sign(
    'approval',
    statementUrn(idOf(acknowledged)),
    {},
    startAt,
    signerOf(keyFor('southern second')),
  )
  await south.node.submit(approval)
  await mirrored(seat)
  let count = 0
  const ending = seatOf(seat, (bytes) =>
    ++count < 3 ? seat.node.submit(bytes) : Promise.reject(new NodeError('closed', 'the node is shutting down')),
  )
  await assert.rejects(ending.step(), { code: 'closed' })
  assert.ok(seat.node.find(idOf(acknowledged)), 'the move is in the log')
  assert.equal(movesAt(seat).join(), 'notify', 'and waits there')
  await seat.reopen()
  await mirrored(seat)
  await seat.node.seat.step()
  assert.equal(movesAt(seat).join(), 'notify,acknowledge')
  const { size } = seat.node.head
  await seat.node.seat.step()
  assert.equal(seat.node.head.size, size)
})
