/** Cases as they are read: of several seats, as of a cut, with what home logs show of their clocks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Cut } from '@comity/assessment'
import { caseUrn, decodeStatement, instrumentUrn, jwkOf, statementUrn } from '@comity/statement'
import { type Actor, actor, keeper, keyFor, signerOf } from '@comity/testkit'
import { crypto } from '../crypto-port.ts'
import { foundedNode } from '../founded.fixture.ts'
import { disputeOf, moveIn, notification } from '../judge/dispute.fixture.ts'
import { clocksIn, dueClocks, filedFor, idleMoves, listCases, movesOf, readCase } from './cases.ts'
import { CutRows } from './cut-rows.ts'
import type { Database } from './database.ts'
import { everyDocument } from './every-document.fixture.ts'
import { RegisterFacts } from './facts.ts'
import { ReadingNode } from './reading-node.fixture.ts'
import { Sight } from './sight.ts'
import { WritingLog, startAt } from './writing-log.fixture.ts'

const day = 86_400
const idOf = (bytes: Uint8Array): string => decodeStatement(bytes, crypto).id

function done(outcome: number | string): number {
  assert.equal(typeof outcome, 'number', String(outcome))
  return Number(outcome)
}

/** Two logs: the seat with its claimant, and the respondent's home; the seat has copies of the respondent. */
function federation(name: string) {
  const [seat, home] = [new WritingLog(`${name} seat`), new WritingLog(`${name} home`)]
  const claimant = actor(`${name} claimant`, seat.origin)
  const respondent = actor(`${name} respondent`, home.origin)
  done(seat.submit(claimant.founding(startAt)))
  for (const log of [seat, home]) done(log.submit(respondent.founding(startAt)))
  const urn = disputeOf(claimant)
  const pass = (days: number) => {
    for (const log of [seat, home]) log.close(startAt + days * day)
  }
  const move = (author: Actor, name: string, body = {}, days = 0) =>
    moveIn(author, urn, seat.origin, name, { iat: startAt + days * day, body })
  return { seat, home, claimant, respondent, urn, pass, move }
}

async function read(logs: readonly WritingLog[]): Promise<Database> {
  const node = new ReadingNode(logs)
  for (const { origin } of logs) while (await node.step(origin));
  return node.database
}

const cutOf = (...prefixes: readonly (readonly [WritingLog, number])[]): Cut =>
  prefixes.map(([{ origin }, size]) => ({ origin, size, root: '' }))

/** Name and standing of each clock. */
function standings(database: Database, urn: string, sight: Sight | CutRows, days: number): Record<string, string> {
  const at = startAt + days * day
  const record = readCase(database, urn, sight, at)
  assert.ok(record)
  return Object.fromEntries(clocksIn(database, record, sight, at).map(({ name, standing }) => [name, standing]))
}

test('who filed in the home log before the deadline is in time, though the seat took it late, refused it, or has it not', async () => {
  const { seat, home, claimant, respondent, urn, pass, move } = federation('in time')
  done(seat.submit(notification(claimant, seat.origin, [respondent], { iat: startAt })))
  pass(5)
  const acknowledged = done(home.submit(move(respondent, 'acknowledge', {}, 5)))
  pass(12)
  done(seat.submit(move(respondent, 'acknowledge', {}, 5)))
  // What the seat refuses was said in time all the same.
  const admits = { parties: [claimant.urn] }
  done(seat.submit(seat.home.policy(startAt + 12 * day, { filing: 'listed', admits })))
  const other = move(respondent, 'consult', {}, 12)
  assert.equal(seat.submit(other), 'party-not-admitted')
  done(home.submit(other))
  pass(62)
  const database = await read([seat, home])
  const sight = new Sight(database)
  const { acknowledgement, consultations, settlement } = standings(database, urn, sight, 62)
  assert.deepEqual([acknowledgement, consultations, settlement], ['kept', 'kept', 'lapsed'])
  const record = readCase(database, urn, sight, startAt + 62 * day)
  assert.ok(record)
  assert.equal(record.case.state, 'acknowledged')
  assert.equal(record.case.clocks['acknowledgement']?.stoppedAt, startAt + 12 * day, 'the state is the seat’s')
  const kept = clocksIn(database, record, sight, startAt + 62 * day).find(({ name }) => name === 'acknowledgement')
  assert.deepEqual([kept?.keptBy?.index, kept?.keptBy?.origin], [acknowledged, home.origin])
  assert.deepEqual(
    filedFor(database, record, sight, 10).map(({ statement }) => statement),
    [idOf(other)],
  )
  // Who sees the seat alone sees less.
  const alone = standings(database, urn, new CutRows(database, cutOf([seat, seat.size])), 62)
  assert.deepEqual([alone['acknowledgement'], alone['consultations']], ['late', 'lapsed'])
})

test('what strangers file keeps no clock, nor what was filed too late, or for another seat', async () => {
  const { seat, home, claimant, respondent, urn, pass, move } = federation('strangers')
  const stranger = actor('strangers stranger', home.origin)
  done(home.submit(stranger.founding(startAt)))
  done(seat.submit(notification(claimant, seat.origin, [respondent], { iat: startAt })))
  pass(1)
  done(home.submit(move(stranger, 'acknowledge')))
  done(home.submit(moveIn(respondent, urn, 'third.invalid', 'acknowledge', { iat: startAt })))
  pass(12)
  done(home.submit(move(respondent, 'acknowledge', {}, 12)))
  pass(13)
  const database = await read([seat, home])
  assert.equal(standings(database, urn, new Sight(database), 13)['acknowledgement'], 'lapsed')
})

test('a case is read as of a cut, whatever came after it', async () => {
  const { seat, home, claimant, respondent, urn, pass, move } = federation('cut')
  done(seat.submit(notification(claimant, seat.origin, [respondent], { iat: startAt })))
  pass(1)
  const before = seat.size
  done(seat.submit(move(respondent, 'acknowledge', {}, 1)))
  pass(2)
  const between = seat.size
  done(seat.submit(move(claimant, 'withdraw', {}, 2)))
  pass(3)
  const database = await read([seat, home])
  const stateAt = (size: number) => {
    const cut = new CutRows(database, cutOf([seat, size], [home, home.size]))
    const record = readCase(database, urn, cut, startAt + 3 * day)
    return record && [record.case.state, record.ended, movesOf(database, record.file, cut).length]
  }
  assert.deepEqual([3, before, between, seat.size].map(stateAt), [
    undefined,
    ['notified', 0, 1],
    ['acknowledged', 0, 2],
    ['acknowledged', startAt + 2 * day, 3],
  ])
  // Nothing that still ran when it ended is shown to have lapsed later.
  assert.deepEqual(standings(database, urn, new Sight(database), 90), { acknowledgement: 'kept' })
})

test('cases are listed over all seats, the last opened first, page by page, by any of what is asked', async () => {
  const { seat, home, claimant, respondent, pass } = federation('list')
  for (const n of Array(7).keys()) {
    done(seat.submit(notification(claimant, seat.origin, [respondent], { iat: startAt + n * day, slug: `s${n}` })))
    if (n % 2 === 0)
      done(home.submit(notification(respondent, home.origin, [claimant], { iat: startAt + n * day, slug: `h${n}` })))
    pass(n + 1)
  }
  const urn = disputeOf(claimant, 's3')
  done(seat.submit(moveIn(claimant, urn, seat.origin, 'withdraw', { iat: startAt + 7 * day })))
  pass(8)
  const database = await read([home, seat])
  const sight = new Sight(database)
  const pages = (query: Partial<Parameters<typeof listCases>[1]>) => {
    const found: string[] = []
    for (let before: Parameters<typeof listCases>[1]['before']; ;) {
      const page = listCases(database, { limit: 2, ...query, before }, sight, startAt + 8 * day)
      found.push(...page.items.map(({ case: { urn: each } }) => each.slice(each.lastIndexOf(':') + 1)))
      before = page.next
      if (before === undefined) return found.join(' ')
    }
  }
  const all = 's6 h6 s5 s4 h4 s3 s2 h2 s1 s0 h0'
  assert.equal(pages({}), all)
  assert.equal(pages({ procedure: 'dispute' }), all)
  assert.equal(pages({ provision: 'code-k' }), all)
  assert.equal(pages({ party: claimant.urn }), all)
  assert.equal(pages({ party: claimant.urn, role: 'respondent' }), 'h6 h4 h2 h0')
  assert.equal(pages({ open: false }), 's3')
  assert.equal(pages({ open: true, party: respondent.urn, role: 'respondent' }), 's6 s5 s4 s2 s1 s0')
  assert.equal(pages({ procedure: 'dispute/1', recorded: 'code-k' }), all.replace('s3 ', ''))
  assert.equal(pages({ procedure: 'agreement' }), '')
  assert.equal(pages({ procedure: 'no-such' }), '')
  assert.equal(pages({ state: 'closed' }), '')
})

test('clocks come by when they run out, and whose case has one that does has other findings then', async () => {
  const { seat, home, claimant, respondent, pass } = federation('due')
  for (const slug of ['a', 'b'])
    done(
      seat.submit(
        notification(claimant, seat.origin, [respondent], { iat: startAt, slug, body: { urgency: 'urgent' } }),
      ),
    )
  pass(1)
  const database = await read([seat, home])
  const all = dueClocks(database, { until: startAt + 60 * day, limit: 100 })
  assert.equal(all.length, database.prepare('SELECT count(*) AS n FROM due_clock').get()?.['n'])
  assert.deepEqual(
    all,
    all.toSorted((one, other) => one.at - other.at),
  )
  assert.deepEqual(
    dueClocks(database, { until: startAt + 60 * day, limit: 100, ...(all[2] && { after: all[2] }) }),
    all.slice(3),
  )
  assert.deepEqual(
    dueClocks(database, { until: startAt + 12 * day, limit: 100 }),
    all.filter(({ at }) => at <= startAt + 12 * day),
  )
})

test('when a clock runs out, the findings of the parties of its case are computed anew, with the next time leaf', async (context) => {
  const home = keeper('stale')
  const { node, clock } = await foundedNode(context, home, startAt)
  const [claimant, respondent, other] = ['claimant', 'respondent', 'other'].map((label) => actor(label, home.origin))
  assert.ok(claimant && respondent && other)
  for (const each of [claimant, respondent, other]) await node.submit(each.founding(startAt))
  const passed = async (seconds: number): Promise<readonly string[]> => {
    node.findings.renew()
    assert.deepEqual(node.findings.changed(), [])
    clock.advance(seconds)
    await node.submit(other.sign('support', instrumentUrn('gids'), {}, clock.now()))
    return node.findings
      .changed()
      .filter((urn) => urn !== other.urn)
      .toSorted()
  }
  await node.submit(notification(claimant, home.origin, [respondent], { iat: startAt }))
  const both = [claimant.urn, respondent.urn].toSorted()
  assert.deepEqual(
    node.findings
      .changed()
      .filter((urn) => both.includes(urn))
      .toSorted(),
    both,
  )
  // Ten days count to the end of the last of them: the first second of the next one has seen the clock run out.
  const end = 11 * day - (startAt % day) - 1
  assert.deepEqual(await passed(end), [])
  assert.deepEqual(await passed(1), both)
  assert.deepEqual(await passed(1), [])
})

test('a declaration of adherence is a move of a case of its own, and reservations are objected to there', async () => {
  const [seat, home] = [new WritingLog('adherence seat'), new WritingLog('adherence home')]
  const state = actor('adherence state', seat.origin, { type: 'state' })
  const objector = actor('adherence objector', home.origin, { type: 'state' })
  done(seat.submit(state.founding(startAt)))
  for (const log of [seat, home]) done(log.submit(objector.founding(startAt)))
  const adhere = (payload = {}, days = 0) =>
    state.sign('adherence', instrumentUrn('gids'), payload, startAt + days * day)
  const reservation = { provision: 'gids-4', text: 'Except where the law of our seat demands a copy there.' }
  done(seat.submit(adhere({ reservations: [reservation] })))
  const urn = caseUrn(state.urn, 'adherence.gids')
  seat.close(startAt + day)
  const before = seat.size
  const object = (provisions: readonly string[]) =>
    moveIn(objector, urn, seat.origin, 'object', {
      iat: startAt + day,
      procedure: 'adherence/1',
      body: { provisions, precludes: false },
    })
  assert.equal(seat.submit(object(['gids-5'])), 'guarded')
  done(seat.submit(object(['gids-4'])))
  const declare = { instrument: 'gids' }
  assert.equal(
    seat.submit(
      moveIn(state, urn, seat.origin, 'declare-anew', { iat: startAt, procedure: 'adherence/1', body: declare }),
    ),
    'wrong-kind',
  )
  done(seat.submit(adhere({ withdrawal: { after: '2027-11-22T00:00:00Z' } }, 1)))
  seat.close(startAt + 2 * day)
  const database = await read([seat, home])
  const sight = new Sight(database)
  const read_ = (days: number, seen: Sight | CutRows = sight) => readCase(database, urn, seen, startAt + days * day)
  assert.equal(read_(2)?.case.state, 'leaving')
  assert.equal(read_(400)?.case.state, 'withdrawn', 'a term takes effect by itself')
  const cut = new CutRows(database, cutOf([seat, before], [home, home.size]))
  assert.equal(read_(2, cut)?.case.state, 'in-force')
  const behind = new CutRows(database, cutOf([seat, seat.size - 2], [home, home.size]))
  assert.deepEqual(read_(2, behind)?.case.roles, { party: [state.urn], objector: [objector.urn] })
  const moves = movesOf(database, read_(2)?.file ?? -1, sight)
  assert.deepEqual(
    moves.map(({ name, kind }) => [name, kind]),
    [
      ['declare', 'adherence'],
      ['object', undefined],
      ['give-notice', 'adherence'],
    ],
  )
  assert.equal(
    new RegisterFacts(database, cutOf([seat, before]), everyDocument).adherence(state.urn, 'gids')?.reservations.length,
    1,
  )
})

test('a move without effect is told with its reason', async () => {
  const seat = new WritingLog('idle seat')
  const second = keyFor('idle respondent second')
  const key = (bytes: Uint8Array, role: 'sign' | 'approve') => ({ jwk: jwkOf({ alg: 'EdDSA', bytes }), roles: [role] })
  const keys = [key(keyFor('idle respondent').publicKey, 'sign'), key(second.publicKey, 'approve')]
  const claimant = actor('idle claimant', seat.origin)
  const respondent = actor('idle respondent', seat.origin, { party: { keys, thresholds: { move: 2 } } })
  for (const each of [claimant, respondent]) done(seat.submit(each.founding(startAt)))
  done(seat.submit(notification(claimant, seat.origin, [respondent], { iat: startAt })))
  const urn = disputeOf(claimant)
  const late = moveIn(respondent, urn, seat.origin, 'acknowledge', { iat: startAt })
  const index = done(seat.submit(late))
  done(seat.submit(moveIn(claimant, urn, seat.origin, 'withdraw', { iat: startAt })))
  done(seat.submit(respondent.sign('approval', statementUrn(idOf(late)), {}, startAt, signerOf(second))))
  seat.close(startAt + 1)
  const database = await read([seat])
  const record = readCase(database, urn, new Sight(database), startAt)
  assert.ok(record)
  const [idle, ...rest] = idleMoves(database, record, new Sight(database), 10)
  assert.deepEqual([idle?.position, idle?.code, rest.length], [index, 'not-possible-now', 0])
  assert.match(idle?.detail ?? '', /withdrawn/)
})
