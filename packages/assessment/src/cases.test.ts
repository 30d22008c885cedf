import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PartyType, ProvisionId } from '@comity/instruments'
import { assessParty } from './assess-party.ts'
import { aCase, aMove } from './case.fixture.ts'
import type { CaseFact } from './case-fact.ts'
import { explain } from './explain.ts'
import type { Finding } from './finding.ts'
import { adherent, memoryFacts, partyUrn, type RecordOfParty } from './memory-facts.fixture.ts'
import { aRequest } from './record.fixture.ts'

const party = partyUrn('a')

/** A State that adheres to both texts and has these cases. */
function withCases(cases: readonly CaseFact[], type: PartyType = 'state'): RecordOfParty {
  const record = adherent({ cases })
  return { ...record, party: { ...record.party, type } }
}

function findingOf(provision: ProvisionId, ...cases: readonly CaseFact[]): Finding {
  const { findings } = assessParty(party, aRequest(), memoryFacts([withCases(cases)]))
  const found = findings.find((each) => each.provision === provision)
  assert.ok(found)
  return found
}

const levelOf = (provision: ProvisionId, ...cases: readonly CaseFact[]): string | undefined =>
  findingOf(provision, ...cases).level

const opening = aMove(100, 'propose-terms', 'b').ref
const agreement = aCase({
  procedure: 'agreement/1',
  opening,
  state: 'in-force',
  roles: ['party'],
  moves: [aMove(101, 'sign')],
  others: [aMove(100, 'propose-terms', 'b'), aMove(102, 'sign', 'b')],
})

for (const provision of ['gids-9', 'code-j'] as const) {
  test(`${provision}: a signature declares, and an agreement in force that another party signed is evidence`, () => {
    assert.equal(levelOf(provision), 'silent')
    assert.equal(levelOf(provision, { ...agreement, moves: [] }), 'silent', 'others propose, and name it')
    assert.equal(levelOf(provision, { ...agreement, state: 'proposed' }), 'declared')
    assert.equal(levelOf(provision, { ...agreement, others: [aMove(100, 'propose-terms', 'b')] }), 'declared')
    for (const state of ['in-force', 'amending', 'ending']) {
      assert.equal(levelOf(provision, { ...agreement, state }), 'evidenced', state)
    }
    for (const state of ['suspended', 'ended', 'rejected']) {
      assert.equal(levelOf(provision, { ...agreement, state }), 'declared', state)
    }
    assert.equal(levelOf(provision, { ...agreement, standing: 'withdrawn' }), 'declared')
    assert.equal(levelOf(provision, { ...agreement, marks: ['suspendedBy'] }), 'declared', 'it suspended it for itself')
    const acceded = { ...agreement, moves: [aMove(101, 'accede')] }
    assert.equal(levelOf(provision, acceded), 'evidenced')
    assert.equal(levelOf(provision, { ...agreement, procedure: 'agreement/2' }), 'silent', 'of another version')
    assert.deepEqual(
      findingOf(provision, agreement).cites.map(({ as, index }) => [as, index]),
      [
        ['adherence', provision === 'code-j' ? 1 : 2],
        ['agreement', 102],
        ['agreement', 101],
      ],
    )
  })
}

test('newer cases that show nothing cannot hide the one that does, whoever opens them', () => {
  const named = Array.from({ length: 60 }, (_, i) =>
    aCase({ ...agreement, state: 'proposed', moves: [], opening: aMove(200 + i, 'propose-terms', 'b').ref }),
  )
  assert.equal(levelOf('gids-9', agreement, ...named), 'evidenced')
})

test('code-g: a vote beside which another stands is evidence, however it was cast and ended; silence shows nothing', () => {
  const decision = aCase({
    procedure: 'decision/1',
    roles: ['member'],
    state: 'voting',
    moves: [aMove(101, 'cast')],
    others: [aMove(102, 'cast', 'c')],
  })
  for (const state of ['voting', 'rejected', 'discussion'])
    assert.equal(levelOf('code-g', { ...decision, state }), 'evidenced')
  assert.equal(levelOf('code-g', { ...decision, others: [aMove(100, 'propose-text', 'b')] }), 'declared')
  const silent = {
    ...decision,
    moves: [],
    clocks: [{ name: 'votes', standing: 'lapsed' as const, bound: true, deadline: 1 }],
  }
  assert.equal(levelOf('code-g', silent), 'silent')
  assert.deepEqual(findingOf('code-g', silent).flags, [])
  const report = { ...decision, state: 'adopted', moves: [aMove(101, 'report-implementation')] }
  assert.equal(levelOf('code-g', report), 'evidenced')
  assert.equal(levelOf('code-g', { ...report, others: [] }), 'silent', 'about a decision that it took alone')
})

test('code-h: an exercise is evidence when two took part, and help when two agreed on it', () => {
  const exercise = aCase({
    procedure: 'exercise/1',
    state: 'learnt',
    roles: ['participant'],
    moves: [aMove(101, 'answer')],
  })
  assert.equal(levelOf('code-h', { ...exercise, others: [aMove(102, 'end', 'b')] }), 'evidenced')
  assert.equal(levelOf('code-h', { ...exercise, others: [] }), 'silent')
  const run = { ...exercise, roles: ['organiser'], moves: [aMove(100, 'announce'), aMove(103, 'end')] }
  assert.equal(levelOf('code-h', { ...run, others: [aMove(102, 'answer', 'c')] }), 'evidenced')
  assert.equal(levelOf('code-h', { ...run, others: [] }), 'declared')
  const asked = aCase({
    procedure: 'capacity/1',
    state: 'project',
    roles: ['requester'],
    moves: [aMove(100, 'need'), aMove(102, 'choose')],
    others: [aMove(103, 'agree', 'b')],
  })
  assert.equal(levelOf('code-h', asked), 'evidenced')
  assert.equal(levelOf('code-i', asked), 'silent', 'to have a need is no help for others')
})

test('code-i: an offer declares, and one that the requester chose is evidence; nobody chooses itself', () => {
  const offered = aCase({
    procedure: 'capacity/1',
    state: 'open',
    roles: ['offerer'],
    moves: [aMove(101, 'offer')],
    others: [aMove(100, 'need', 'b')],
  })
  assert.equal(levelOf('code-i', offered), 'declared')
  const chosen: CaseFact = {
    ...offered,
    state: 'project',
    roles: ['offerer', 'partner'],
    moves: [aMove(103, 'agree'), aMove(101, 'offer')],
    others: [aMove(102, 'choose', 'b'), aMove(100, 'need', 'b')],
  }
  assert.equal(levelOf('code-i', chosen), 'evidenced')
  assert.equal(levelOf('code-i', { ...chosen, state: 'chosen' }), 'declared', 'others who were chosen have not agreed')
  assert.equal(levelOf('code-i', { ...chosen, roles: ['offerer', 'partner', 'requester'] }), 'silent')
  const unmet = aCase({ procedure: 'capacity/1', state: 'unmet', roles: ['requester'], moves: [aMove(100, 'need')] })
  assert.deepEqual(findingOf('code-i', unmet), findingOf('code-i'))
})

test('code-e, code-j: a ping that another started is evidence where it was answered; not to answer costs nothing', () => {
  const clocks = [{ name: 'answers', standing: 'lapsed' as const, bound: true, deadline: 1_200 }]
  const ping = aCase({
    procedure: 'exercise/1',
    state: 'running',
    roles: ['participant'],
    kept: { type: 'ping' },
    moves: [aMove(150, 'answer')],
    others: [aMove(120, 'start', 'b')],
    clocks,
  })
  assert.equal(levelOf('code-j', ping), 'evidenced')
  assert.equal(levelOf('code-e', ping), 'evidenced')
  assert.equal(levelOf('code-j', { ...ping, kept: { type: 'table-top' } }), 'silent')
  assert.equal(levelOf('code-j', { ...ping, others: [] }), 'silent', 'it tested itself')
  for (const provision of ['code-e', 'code-j'] as const)
    assert.deepEqual(findingOf(provision, { ...ping, moves: [] }), findingOf(provision))
})

test('code-f lists restrictions with what their record lacks; they decide no level of any provision', () => {
  const restriction = aCase({
    procedure: 'restriction/1',
    state: 'appealed',
    roles: ['issuer'],
    opening: aMove(100, 'notice').ref,
    moves: [aMove(100, 'notice')],
    others: [aMove(110, 'appeal', 'c')],
    missing: ['order', 'end'],
  })
  const finding = findingOf('code-f', restriction)
  assert.equal(finding.level, 'silent')
  assert.deepEqual(finding.cases, [
    {
      urn: restriction.urn,
      procedure: 'restriction/1',
      state: 'appealed',
      standing: 'open',
      opener: party,
      roles: ['issuer'],
      clocks: [],
      missing: ['order', 'end'],
      cites: [
        { origin: 'a.example', index: 100, id: aMove(100, '').ref.id, kind: 'move', as: 'opening' },
        { origin: 'a.example', index: 110, id: aMove(110, '').ref.id, kind: 'move', as: 'reply' },
      ],
    },
  ])
  const levels = (...cases: readonly CaseFact[]): unknown =>
    assessParty(party, aRequest(), memoryFacts([withCases(cases)])).findings.map(({ level, flags }) => [level, flags])
  assert.deepEqual(levels(restriction, { ...restriction, missing: [], state: 'upheld' }), levels())
  assert.deepEqual(findingOf('code-c', restriction), findingOf('code-c'))
})

test('code-k lists disputes with what the other side did, and who is merely notified is neither due nor overdue', () => {
  const clocks = [
    { name: 'acknowledgement', standing: 'lapsed' as const, bound: true, deadline: 1_200 },
    { name: 'consultations', standing: 'running' as const, bound: true, deadline: 9_000 },
  ]
  const silent = findingOf('code-k', aCase({ clocks, others: [aMove(100, 'notify', 'b')] }))
  assert.deepEqual(silent.flags, [])
  assert.equal(silent.level, undefined)
  assert.deepEqual(silent.cases?.[0]?.clocks, [
    { name: 'acknowledgement', standing: 'lapsed' },
    { name: 'consultations', standing: 'running' },
  ])
  const asClaimant = aCase({
    roles: ['claimant'],
    others: [aMove(105, 'reply', 'b')],
    clocks: clocks.map((each) => ({ ...each, bound: false })),
  })
  const shown = findingOf('code-k', asClaimant).cases?.[0]
  assert.deepEqual(shown?.clocks, [])
  assert.deepEqual(
    shown?.cites.map(({ as, index }) => [as, index]),
    [
      ['opening', 100],
      ['reply', 105],
    ],
  )
})

test('code-k: a clock that it let begin itself makes it due, and overdue when it has run out, until it does its part', () => {
  const clock = { name: 'consultations', standing: 'running' as const, bound: true, deadline: 9_000 }
  const acknowledged = aCase({ state: 'acknowledged', moves: [aMove(110, 'acknowledge')], clocks: [clock] })
  const flagged = findingOf('code-k', acknowledged)
  assert.deepEqual(flagged.flags, ['due'])
  assert.deepEqual(
    flagged.cites.map(({ as, index }) => [as, index]),
    [
      ['adherence', 1],
      ['clock', 110],
    ],
  )
  const lapsed = { ...acknowledged, clocks: [{ ...clock, standing: 'lapsed' as const }] }
  assert.deepEqual(findingOf('code-k', lapsed).flags, ['overdue'])
  for (const standing of ['kept', 'late', 'suspended'] as const) {
    assert.deepEqual(findingOf('code-k', { ...acknowledged, clocks: [{ ...clock, standing }] }).flags, [], standing)
  }
  const done = { ...lapsed, moves: [aMove(110, 'acknowledge'), aMove(111, 'consult')] }
  assert.deepEqual(findingOf('code-k', done).flags, [], 'the other side has not come yet')
  const stolen = { ...lapsed, moves: [aMove(110, 'acknowledge', 'a', { contested: true })] }
  assert.deepEqual(findingOf('code-k', stolen).flags, [], 'a contested move lets nothing begin')
  const agreed = aCase({
    state: 'outcome',
    moves: [aMove(120, 'settle')],
    clocks: [{ ...clock, name: 'implementation', standing: 'lapsed' }],
  })
  assert.deepEqual(findingOf('code-k', agreed).flags, ['overdue'])
  assert.deepEqual(findingOf('code-k', { ...agreed, moves: [aMove(121, 'implement'), aMove(120, 'settle')] }).flags, [])
  assert.deepEqual(findingOf('code-k', acknowledged, agreed).flags, ['due', 'overdue'])
})

test('code-i: a milestone is due where the partner itself said when, and not where the requester did', () => {
  const clocks = [{ name: 'next-milestone', standing: 'lapsed' as const, bound: true, deadline: 1_300 }]
  const project = aCase({
    procedure: 'capacity/1',
    state: 'project',
    roles: ['offerer', 'partner'],
    moves: [aMove(103, 'agree'), aMove(110, 'milestone')],
    others: [aMove(102, 'choose', 'b'), aMove(105, 'milestone', 'b')],
    clocks,
  })
  assert.deepEqual(findingOf('code-i', project).flags, ['overdue'])
  assert.equal(levelOf('code-i', project), 'evidenced', 'a lapse decides nothing')
  const asked = { ...project, others: [aMove(102, 'choose', 'b'), aMove(111, 'milestone', 'b')] }
  assert.deepEqual(findingOf('code-i', asked).flags, [])
  assert.deepEqual(findingOf('code-i', { ...project, state: 'evaluated' }).flags, [])
  const toAll = aCase({
    procedure: 'capacity/1',
    state: 'standing',
    roles: ['offerer'],
    moves: [aMove(100, 'offer-to-all')],
  })
  assert.equal(levelOf('code-i', toAll), 'declared')
})

test('an explanation says what raised a flag, in words', () => {
  const clock = { name: 'consultations', standing: 'lapsed' as const, bound: true, deadline: 1_200 }
  const record = withCases([aCase({ state: 'acknowledged', moves: [aMove(110, 'acknowledge')], clocks: [clock] })])
  const explanation = explain(party, 'code-k', aRequest(), memoryFacts([record]))
  assert.ok(explanation.bound)
  assert.deepEqual(
    explanation.raised.map(({ flag, why }) => [flag, why.says, why.cites.map(({ index }) => index)]),
    [
      [
        'overdue',
        'it acknowledged a dispute and has not entered into the consultations; the time for it has passed',
        [110],
      ],
    ],
  )
})

test('code-a lists the adherence once somebody has answered it, and its level stays', () => {
  const adherence = aCase({
    procedure: 'adherence/1',
    state: 'in-force',
    roles: ['party'],
    kept: { instrument: 'code' },
    opening: aMove(1, 'declare').ref,
    moves: [aMove(1, 'declare')],
    others: [],
  })
  assert.deepEqual(findingOf('code-a', adherence).cases, [])
  const objected = { ...adherence, others: [aMove(130, 'object', 'c')] }
  assert.deepEqual(
    findingOf('code-a', objected).cases?.[0]?.cites.map(({ as }) => as),
    ['opening', 'reply'],
  )
  assert.equal(levelOf('code-a', objected), 'silent')
  const toInitiative = { ...objected, kept: { instrument: 'gids' } }
  assert.deepEqual(findingOf('code-a', toInitiative).cases, [])
  assert.equal(findingOf('gids-9', toInitiative).cases?.length, 1)
  assert.equal(levelOf('gids-9', toInitiative), 'silent')
})

test('an uncontested case counts before a contested one, and a level that rests on contested moves alone is flagged', () => {
  const stolen = { ...agreement, moves: [aMove(101, 'sign', 'a', { contested: true })] }
  assert.deepEqual([levelOf('gids-9', stolen), findingOf('gids-9', stolen).flags], ['evidenced', ['contested']])
  const newer = Array.from({ length: 20 }, (_, i) => ({ ...stolen, opening: aMove(300 + i, 'propose-terms', 'b').ref }))
  assert.deepEqual(findingOf('gids-9', agreement, ...newer).flags, [])
})
