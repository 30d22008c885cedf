/** Moves at the seat of their case and away from it, as a node takes and refuses them. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { newestOf, requireBrought } from '@comity/procedures'
import { decodeStatement, instrumentUrn, jwkOf, statementUrn } from '@comity/statement'
import { type Actor, actor, keeper, keyFor, signerOf } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { foundedNode } from '../founded.fixture.ts'
import type { ComityNode } from '../index.ts'
import { document, digest, documents, refused, start } from './court.fixture.ts'
import { disputeOf, moveIn, notification } from './dispute.fixture.ts'

const seatKeeper = keeper('seat')
const elsewhere = 'elsewhere.invalid'

/** A seat with a claimant at home in it, and copies of a respondent that is at home elsewhere. */
async function seated(context: TestContext, options: { readonly respondent?: Parameters<typeof actor>[2] } = {}) {
  const { node, clock } = await foundedNode(context, seatKeeper, start)
  const claimant = actor('claimant', node.origin)
  const respondent = actor('respondent', elsewhere, options.respondent ?? {})
  const stranger = actor('stranger', elsewhere)
  for (const each of [claimant, respondent, stranger]) await node.submit(each.founding(start))
  const urn = disputeOf(claimant)
  const move = (author: Actor, name: string, body = {}, iat = start) =>
    moveIn(author, urn, node.origin, name, { iat, body })
  const notify = (more: Parameters<typeof notification>[3] = { iat: start }) =>
    notification(claimant, node.origin, [respondent], more)
  return { node, clock, claimant, respondent, stranger, urn, move, notify }
}

const caseNow = ({ reader }: ComityNode, urn: string) =>
  reader.prepare('SELECT state, ended FROM case_file JOIN case_now USING (case_file) WHERE urn = ?').get(urn)

const state = (node: ComityNode, urn: string): unknown => caseNow(node, urn)?.['state']

const idOf = (bytes: Uint8Array): string => decodeStatement(bytes, crypto).id

test('a case is played at its seat, also by a party that is at home elsewhere', async (context) => {
  const { node, claimant, respondent, urn, move, notify } = await seated(context)
  await node.documents.put(digest, document)
  await node.submit(notify({ iat: start, place: { zone: 'Africa/Nairobi', region: 'KE' }, body: { documents } }))
  assert.equal(state(node, urn), 'notified')
  assert.ok(Number(node.reader.prepare('SELECT count(*) AS n FROM due_clock').get()?.['n']) >= 3)
  await node.submit(move(respondent, 'acknowledge', { text: 'We look into it.' }))
  for (const each of [claimant, respondent]) await node.submit(move(each, 'settle', { terms: digest, documents }))
  for (const each of [claimant, respondent]) await node.submit(move(each, 'close'))
  assert.deepEqual({ ...caseNow(node, urn) }, { state: 'closed', ended: start })
  assert.equal(node.reader.prepare('SELECT count(*) AS n FROM due_clock').get()?.['n'], 0)
  await node.submit(move(respondent, 'reply', { text: 'Thank you.' }))
  const moves = node.reader.prepare('SELECT name FROM move ORDER BY effective').all()
  assert.equal(moves.map((row) => row['name']).join(), 'notify,acknowledge,settle,settle,close,close,reply')
})

test('what is not possible is refused under a stable code that says what is, and for whom', async (context) => {
  const { node, claimant, respondent, stranger, urn, move } = await seated(context)
  const other = actor('other', node.origin)
  await node.submit(other.founding(start))
  const notify = (iat = start) => notification(claimant, node.origin, [respondent, other], { iat })
  await refused(node, move(respondent, 'acknowledge'), 'no-case')
  await node.submit(notify())
  const early = await refused(node, move(respondent, 'close'), 'not-possible-now')
  assert.match(early, /possible now: acknowledge \(respondent\), .*reply/)
  await refused(node, move(claimant, 'acknowledge'), 'not-your-move')
  await refused(node, move(stranger, 'reply', { text: 'I have a view.' }), 'not-your-move')
  await refused(node, move(respondent, 'surrender'), 'unknown-move')
  const body = await refused(node, move(respondent, 'acknowledge', { text: 7 }), 'bad-body')
  assert.match(body, /\/text/)
  await refused(node, notify(start + 1), 'case-exists')
  await refused(node, move(claimant, 'refer', { to: 'a court' }), 'not-possible-now')
  const elsewise = (procedure: string) =>
    moveIn(respondent, urn, node.origin, 'reply', { iat: start, procedure, body: { text: 'No.' } })
  await refused(node, elsewise('agreement/1'), 'wrong-procedure')
  await refused(node, elsewise('duel/1'), 'unknown-procedure')
  await node.submit(move(respondent, 'acknowledge'))
  await refused(node, move(respondent, 'acknowledge', {}, start + 1), 'already-made')
  await node.submit(move(claimant, 'propose', { what: { kind: 'suspend' } }))
  await refused(node, move(respondent, 'accept', { proposal: 'ab'.repeat(32) }), 'unknown-proposal')
  await node.submit(move(claimant, 'withdraw'))
  const ended = await refused(node, move(other, 'acknowledge'), 'not-possible-now')
  assert.match(ended, /withdrawn; possible now: reply/)
  assert.equal(node.reader.prepare('SELECT count(*) AS n FROM move').get()?.['n'], 4)
})

test('what a condition of the procedure is against, is refused with its words', async (context) => {
  const { node, claimant } = await seated(context)
  const necessity = { threat: 'Write to me@example.org about it.', link: 'None.' }
  const body = { request: 'own-rules', content: digest, necessity }
  const notice = moveIn(claimant, disputeOf(claimant), node.origin, 'notice', {
    iat: start,
    procedure: 'restriction/1',
    body,
  })
  assert.match(await refused(node, notice, 'guarded'), /necessity.*e-mail address/)
})

test('a body that does not fit is pointed at, and so is a place where none is said', async (context) => {
  const { node, claimant, respondent, urn, move, notify } = await seated(context)
  const pointers: unknown[] = []
  const pointerOf = async (bytes: Uint8Array) => {
    const reason: unknown = await node.submit(bytes).catch((error) => error.reason)
    assert.ok(reason instanceof Error && 'pointer' in reason, String(reason))
    pointers.push(reason.pointer)
  }
  await pointerOf(notify({ iat: start, body: { urgency: 'soon' } }))
  await node.submit(notify())
  await pointerOf(move(respondent, 'acknowledge', { text: '' }))
  await pointerOf(moveIn(respondent, urn, node.origin, 'acknowledge', { iat: start, place: { zone: 'UTC' } }))
  const later = { what: { kind: 'end-clock-at', clock: 'consultations', at: Number.MAX_SAFE_INTEGER } }
  await node.submit(move(claimant, 'propose', later))
  const proposal = idOf(move(claimant, 'propose', later))
  await pointerOf(move(respondent, 'accept', { proposal }))
  assert.deepEqual(pointers, ['/body/urgency', '/body/text', '/place', '/body'])
})

test('a case has the name of who opens it, none that is kept for others, a known place, and its own seat', async (context) => {
  const { node, claimant, respondent, urn } = await seated(context)
  const at = (slug: string, more = {}) =>
    notification(claimant, node.origin, [respondent], { iat: start, slug, ...more })
  const body = { respondents: [claimant.urn], subject: 'A', urgency: 'normal', basis: 'B' }
  await refused(node, moveIn(respondent, urn, node.origin, 'notify', { iat: start, body }), 'not-yours')
  await refused(node, at('adherence.gids'), 'reserved-slug')
  await refused(node, at('place', { place: { zone: 'Middle/Earth' } }), 'unknown-place')
  const own = disputeOf(respondent)
  await refused(node, moveIn(respondent, own, node.origin, 'notify', { iat: start, body }), 'wrong-seat')
  const chaired = {
    chair: respondent.urn,
    members: [claimant.urn],
    subject: 'A',
    text: digest,
    documents,
    importance: 'ordinary',
  }
  const decide = (chair: string) =>
    moveIn(claimant, disputeOf(claimant, 'decide'), node.origin, 'propose-text', {
      iat: start,
      procedure: 'decision/1',
      body: { ...chaired, chair },
    })
  await node.documents.put(digest, document)
  await refused(node, decide(respondent.urn), 'wrong-seat')
  await node.submit(decide(claimant.urn))
})

test('a document that a move names by its digest comes with it: else nobody could read what was agreed', async (context) => {
  const { node, respondent, claimant, move, notify } = await seated(context)
  await node.documents.put(digest, document)
  await node.submit(notify())
  const missing = await refused(node, move(respondent, 'settle', { terms: digest }), 'bad-body')
  assert.match(missing, /\/terms is the digest of a document, sha256:[0-9a-f]{64}, that the statement does not bring/)
  assert.match(missing, /list it among documents with its digest, size and type/)
  const other = [{ digest: `sha256:${'0d'.repeat(32)}`, size: 1, type: 'text/plain' }]
  const away = moveIn(claimant, disputeOf(respondent), elsewhere, 'settle', { iat: start, body: { terms: digest } })
  await refused(node, away, 'bad-body')
  assert.throws(
    () => requireBrought(newestOf('dispute'), { name: 'settle', body: { terms: digest }, documents: other }),
    {
      code: 'bad-body',
      pointer: '/terms',
    },
  )
  await node.submit(move(respondent, 'settle', { terms: digest, documents }))
  const payload = { procedure: 'dispute/1', move: 'settle', seat: node.origin, body: { terms: digest }, documents }
  await node.submit(claimant.sign('move', disputeOf(claimant), payload, start))
  assert.equal(state(node, disputeOf(claimant)), 'outcome')
})

test('away from the seat a move is filed: it changes no case, and what its payload alone shows to be wrong is refused', async (context) => {
  const { node, claimant, respondent, stranger } = await seated(context)
  const urn = disputeOf(respondent)
  const away = (author: Actor, name: string, more: Parameters<typeof moveIn>[4] = { iat: start }) =>
    moveIn(author, urn, elsewhere, name, more)
  await node.submit(away(claimant, 'acknowledge'))
  const filed = node.reader.prepare('SELECT urn, seat, name, at FROM filed_move').all()
  assert.deepEqual(
    filed.map((row) => ({ ...row })),
    [{ urn, seat: elsewhere, name: 'acknowledge', at: start }],
  )
  assert.equal(node.reader.prepare('SELECT count(*) AS n FROM move').get()?.['n'], 0)
  await refused(node, away(stranger, 'acknowledge'), 'not-home')
  await refused(node, away(claimant, 'acknowledge', { iat: start, body: { words: 'none' } }), 'bad-body')
  await refused(node, away(claimant, 'acknowledge', { iat: start, procedure: 'duel/1' }), 'unknown-procedure')
  await refused(node, away(claimant, 'notify', { iat: start }), 'bad-body')
})

test('a replay is the move that was there, and of two that exclude each other in one batch the first holds', async (context) => {
  const { node, claimant, respondent, move, notify } = await seated(context)
  const opened = await node.submit(notify())
  assert.deepEqual({ index: (await node.submit(notify())).index }, { index: opened.index })
  const moves = [move(claimant, 'withdraw'), move(respondent, 'acknowledge')]
  const [first, second] = await Promise.allSettled(moves.map((each) => node.submit(each)))
  assert.equal(first?.status, 'fulfilled')
  assert.ok(second?.status === 'rejected' && second.reason.reason.code === 'not-possible-now')
})

test('whom the seat does not know, whose key it has seen revoked, or who is not admitted, makes no move there', async (context) => {
  const spare = keyFor('respondent spare')
  const key = (label: string) => ({
    jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor(label).publicKey }),
    roles: ['sign' as const],
  })
  const { node, respondent, move, notify, urn } = await seated(context, {
    respondent: { party: { keys: [key('respondent'), key('respondent spare')] } },
  })
  await node.submit(notify())
  const unknown = actor('unknown', elsewhere)
  await refused(node, move(unknown, 'offer', { means: 'mediation' }), 'unknown-party', false)
  const compromise = [{ kid: Buffer.from(respondent.signer.kid).toString('hex'), since: start }]
  const update = { ...respondent.payload, previous: idOf(respondent.founding(start)), compromise }
  await node.submit(respondent.sign('party', respondent.urn, update, start, signerOf(spare)))
  await refused(node, move(respondent, 'acknowledge'), 'revoked-key')
  const by = signerOf(spare)
  await refused(
    node,
    moveIn(respondent, urn, node.origin, 'acknowledge', { iat: start, by: signerOf(keyFor('thief')) }),
    'unknown-key',
    false,
  )
  await node.submit(moveIn(respondent, urn, node.origin, 'acknowledge', { iat: start, by }))
  assert.equal(state(node, urn), 'acknowledged')
  const { limits, admits } = {
    limits: { statementBytes: 65_535, documentBytes: 1 << 20, clockSkewSeconds: 300 },
    admits: { parties: 'any' as const },
  }
  await node.submit(
    seatKeeper.sign(
      'policy',
      node.origin,
      { filing: 'open', kinds: ['party', 'policy', 'time'], limits, admits },
      start + 1,
    ),
  )
  await refused(
    node,
    moveIn(respondent, urn, node.origin, 'reply', { iat: start + 1, by, body: { text: 'And?' } }),
    'kind-not-admitted',
  )
})

test('a move under a threshold takes effect with its last approval, and none if it is not possible by then', async (context) => {
  const second = keyFor('respondent second')
  const keys = [
    { jwk: jwkOf({ alg: 'EdDSA', bytes: keyFor('respondent').publicKey }), roles: ['sign' as const] },
    { jwk: jwkOf({ alg: 'EdDSA', bytes: second.publicKey }), roles: ['approve' as const] },
  ]
  const { node, clock, claimant, respondent, urn, move, notify } = await seated(context, {
    respondent: { party: { keys, thresholds: { move: 2 } } },
  })
  const approve = (bytes: Uint8Array) =>
    node.submit(respondent.sign('approval', statementUrn(idOf(bytes)), {}, start, signerOf(second)))
  await node.submit(notify())
  await node.submit(move(respondent, 'acknowledge'))
  assert.equal(state(node, urn), 'notified')
  clock.advance(60)
  const approved = await approve(move(respondent, 'acknowledge'))
  assert.equal(state(node, urn), 'acknowledged')
  const row = node.reader.prepare("SELECT effective, position FROM move WHERE name = 'acknowledge'").get()
  assert.deepEqual({ ...row }, { effective: approved.index, position: approved.index - 2 })
  const { clocks } = JSON.parse(String(node.reader.prepare('SELECT document FROM case_now').get()?.['document']))
  assert.equal(clocks.acknowledgement.stoppedAt, start + 60)
  // Approved before it comes, it takes effect at once.
  const words = move(respondent, 'reply', { text: 'We have looked into it.' })
  await approve(words)
  const { index } = await node.submit(words)
  assert.equal(node.reader.prepare('SELECT name FROM move WHERE effective = ?').get(index)?.['name'], 'reply')
  await node.documents.put(digest, document)
  const late = move(respondent, 'settle', { terms: digest, documents })
  await node.submit(late)
  await node.submit(move(claimant, 'withdraw'))
  await approve(late)
  const idle = node.reader.prepare('SELECT urn, code FROM idle_move').all()
  assert.deepEqual(
    idle.map((each) => ({ ...each })),
    [{ urn, code: 'not-possible-now' }],
  )
})

test('what waits at a log that its author left stays without effect: an approval lets moves through, at their seat', async (context) => {
  const { node, urn, respondent, claimant } = await seated(context)
  assert.equal(state(node, urn), undefined)
  await refused(node, respondent.sign('support', instrumentUrn('gids'), {}, start), 'not-home')
  await refused(node, moveIn(respondent, urn, 'third.invalid', 'acknowledge', { iat: start }), 'not-home')
  await node.submit(moveIn(claimant, urn, 'third.invalid', 'reply', { iat: start, body: { text: 'Filed.' } }))
})
