/** Who catches a seat that shows two orders, and what strangers and late comers can bring. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type OrderPayload, decodeStatement } from '@comity/statement'
import fc from 'fast-check'
import { crypto } from '../../crypto-port.ts'
import { type House, type Neighbours, neighbours } from '../inbox/inbox.fixture.ts'
import { seal } from '../inbox/message/seal.ts'
import { sealKeysOf } from '../inbox/message/seal-keys.ts'
import { caseOf, file, report, seenBy, signedMove, urnOf } from './cases.fixture.ts'
import { commonChain } from './chain/place.ts'
import { type Parcel, encodeParcel, openParcel } from './post/parcel.ts'

interface Stage extends Neighbours {
  readonly finder: House
  readonly seat: House
  readonly vendor: House
  readonly urn: string
}

async function staged(context: TestContext): Promise<Stage> {
  const world = await neighbours(context, ['finder', 'seat', 'vendor'])
  const [finder, seat, vendor] = world.houses
  assert.ok(finder && seat && vendor)
  const stage = { ...world, finder, seat, vendor, urn: urnOf(finder, 'two-headers') }
  const { urn, settle } = stage
  await file(finder, { seat, urn, move: 'report', body: { coordinator: seat.home.urn, ...report } })
  await settle()
  await file(seat, { seat, urn, move: 'acknowledge' })
  await file(seat, { seat, urn, move: 'invite', body: { vendor: vendor.home.urn } })
  await settle()
  return stage
}

/** An order as the seat's node signs them, here with what a dishonest one would say. */
function order(seat: House, urn: string, payload: Omit<OrderPayload, 'at'>): Uint8Array {
  const at = seat.clock.now()
  return seat.home.sign('order', urn, { at, ...payload }, at, seat.home.keys.receipt)
}

async function bring(to: House, parcel: Parcel): Promise<void> {
  const state = to.node.findParty(to.home.urn)
  assert.ok(state)
  await to.inbox.reception.take(to.home.urn, await seal(encodeParcel(parcel), sealKeysOf(state)))
}

test('a seat that signs another order for a place is refused, and both orders are kept as evidence', async (context) => {
  const { seat, vendor, finder, urn } = await staged(context)
  const head = caseOf(vendor, urn)?.row.heads[commonChain]
  assert.equal(head?.n, 1)
  const other = signedMove(seat, { seat, urn, move: 'validate', body: { identifier: 'CVE-2026-1' } })
  const first = caseOf(finder, urn)?.row.heads[commonChain]
  const opening = vendor.inbox.cases.reader.orders(caseOf(vendor, urn) ?? assert.fail())[0]?.row.id
  assert.ok(first && opening)
  const second = order(seat, urn, { n: 1, previous: opening, move: other.id })
  await assert.rejects(bring(vendor, { order: second, move: other.bytes, fields: other.fields }), {
    code: 'order-forked',
  })
  const { fork } = caseOf(vendor, urn)?.row ?? {}
  assert.deepEqual(fork, { order: decodeStatement(second, crypto).id, why: 'second-order' })
  assert.deepEqual(seenBy(vendor, urn), ['report', 'acknowledge', 'invite'], 'the case stays as it was')
})

test('a move whose author saw another order gives the seat away to everybody whom it is passed on to', async (context) => {
  const { seat, vendor, urn } = await staged(context)
  const row = caseOf(vendor, urn)?.row
  const elsewhere = signedMove(seat, { seat, urn, move: 'validate', body: {}, after: 'ab'.repeat(32) })
  const head = row?.heads[commonChain]
  assert.ok(head)
  const forged = order(seat, urn, { n: 2, previous: head.id, move: elsewhere.id })
  await assert.rejects(bring(vendor, { order: forged, move: elsewhere.bytes, fields: [] }), { code: 'order-forked' })
  assert.equal(caseOf(vendor, urn)?.row.fork?.why, 'unknown-order')
})

test('the seat takes no move of an author who names another order as the newest', async (context) => {
  const { seat, vendor, urn, settle } = await staged(context)
  const status = { status: { state: 'affected' } }
  const signed = signedMove(vendor, { seat, urn, move: 'state-status', body: status, after: 'ab'.repeat(32) })
  await vendor.inbox.cases.file(vendor.home.urn, signed.bytes, signed.fields)
  await settle()
  const found = caseOf(vendor, urn)
  assert.ok(found)
  const move = vendor.inbox.cases.reader.move(found, signed.id)?.row
  assert.deepEqual([move?.state, move?.code], ['refused', 'unknown-order'])
})

test('an order by another than the keeper of the seat, and one that comes too early, are not taken', async (context) => {
  const { seat, vendor, finder, urn } = await staged(context)
  const head = caseOf(vendor, urn)?.row.heads[commonChain]
  assert.ok(head)
  const move = signedMove(seat, { seat, urn, move: 'validate', body: {} })
  const byAnother = order(finder, urn, { n: 2, previous: head.id, move: move.id })
  await assert.rejects(bring(vendor, { order: byAnother, move: move.bytes, fields: [] }), { code: 'wrong-seat' })
  const early = order(seat, urn, { n: 3, previous: 'cd'.repeat(32), move: move.id })
  await assert.rejects(bring(vendor, { order: early, move: move.bytes, fields: [] }), { code: 'order-gap' })
  const ofAnother = order(seat, urn, { n: 2, previous: head.id, move: 'ef'.repeat(32) })
  await assert.rejects(bring(vendor, { order: ofAnother, move: move.bytes, fields: [] }), { code: 'malformed-message' })
  await assert.rejects(bring(vendor, { move: move.bytes, fields: [] }), { code: 'wrong-recipient' })
  assert.equal(caseOf(vendor, urn)?.row.fork, undefined)
})

test('sealed fields are those of the definition, and open to the value that was signed alone', async (context) => {
  const { seat, finder, urn } = await staged(context)
  const good = signedMove(seat, { seat, urn, move: 'validate', body: { text: 'Reproduced twice.' } })
  assert.equal(good.fields.length, 1)
  const file = (fields: typeof good.fields, bytes = good.bytes) => seat.inbox.cases.file(seat.home.urn, bytes, fields)
  await assert.rejects(file(good.fields.map((field) => ({ ...field, value: 'Not reproduced.' }))), { code: 'bad-body' })
  await assert.rejects(file([...good.fields, ...good.fields]), { code: 'bad-body' })
  const open = signedMove(seat, { seat, urn, move: 'validate', more: { body: { text: 'Reproduced twice.' } } })
  await assert.rejects(file([], open.bytes), { code: 'bad-body', message: /text is not for everybody/ })
  const tooMany = signedMove(seat, {
    seat,
    urn,
    move: 'validate',
    more: { sealed: { identifier: `sha256:${'aa'.repeat(32)}` } },
  })
  await assert.rejects(file([], tooMany.bytes), { code: 'bad-body', message: /identifier: it stands in the body/ })
  await assert.rejects(seat.inbox.cases.file(finder.home.urn, good.bytes, good.fields), { code: 'not-yours' })
  await seat.inbox.cases.file(seat.home.urn, good.bytes, good.fields)
  assert.equal(seenBy(seat, urn).at(-1), 'validate')
})

test('whatever bytes come out of a seal, they are a parcel in its one writing, something else, or malformed', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 })
  const field = fc.record({
    name: fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/),
    salt: fc.constant('A'.repeat(22)),
    value: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.maxSafeInteger(),
      fc.boolean(),
      fc.array(fc.nat()),
      fc.constant(null),
    ),
  })
  const fields = fc.array(field, { maxLength: 3 })
  const parcel: fc.Arbitrary<Parcel> = fc.oneof(
    fc.record({ move: bytes, fields }),
    fc.record({ move: bytes, fields, order: bytes }),
    fc.record({ refusal: bytes }),
  )
  fc.assert(
    fc.property(parcel, (each) => {
      const content = encodeParcel(each)
      const opened = openParcel(content)
      assert.ok(opened !== undefined)
      assert.ok(Buffer.from(encodeParcel(opened)).equals(content))
    }),
  )
  fc.assert(
    fc.property(parcel, fc.nat(), fc.integer({ min: 0, max: 255 }), (each, at, value) => {
      const changed = Buffer.from(encodeParcel(each))
      changed[at % changed.length] = value
      try {
        const opened = openParcel(changed)
        if (opened !== undefined) assert.ok(Buffer.from(encodeParcel(opened)).equals(changed))
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'malformed-message', String(error))
      }
    }),
  )
})
