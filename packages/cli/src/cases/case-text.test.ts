/** How a case reads in a terminal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CaseResponse } from '@comity/contract'
import { widthOf } from '../terminal/text.ts'
import { caseText } from './case-name.ts'
import { caseShown, possibleList, stateText, withNames } from './case-text.ts'
import { momentWords } from './moment-words.ts'

const claimant = `urn:comity:party:${'a'.repeat(64)}`
const respondent = `urn:comity:party:${'b'.repeat(64)}`
const named = (party: string, text: string) => ({ party, names: [{ language: 'en', text }] })
const [north, south] = [named(claimant, 'Agency of north'), named(respondent, 'Agency of south')]
const opened = Date.UTC(2026, 10, 22, 9) / 1000
const day = 86_400
const place = { origin: 'log.north.example', index: 7, effective: 7, at: opened, id: '1'.repeat(64) }

const dispute: CaseResponse = {
  urn: `urn:comity:case:${'a'.repeat(64)}:builds`,
  procedure: 'dispute/1',
  title: 'Settlement of a dispute',
  subject: 'Updates that differ by place\u001b[31m',
  seat: 'log.north.example',
  opener: north,
  state: { name: 'notified', title: 'Notified' },
  standing: 'open',
  suspended: false,
  openedAt: opened,
  movedAt: opened,
  opening: place,
  next: {
    name: 'acknowledgement',
    title: 'Acknowledgement',
    at: opened + 10 * day,
    deadline: '2026-12-02T23:59:59+03:00[Africa/Nairobi]',
  },
  place: { zone: 'Africa/Nairobi', region: 'KE' },
  provisions: ['code-k', 'code-j'],
  roles: [
    { role: 'claimant', title: 'Who notifies the dispute', parties: [north] },
    { role: 'respondent', title: 'Who is notified', parties: [south] },
    { role: 'assistant', title: 'Mediator', parties: [] },
  ],
  records: [{ provision: 'code-k', text: 'A dispute is on record.' }],
  facts: {},
  clocks: [
    {
      name: 'acknowledgement',
      title: 'Acknowledgement',
      binds: 'respondent',
      standing: 'running',
      length: '10 days',
      startedAt: opened,
      endsAt: opened + 10 * day,
      deadlineAt: opened + 12 * day,
      agreedAt: opened + 12 * day,
      deadline: '2026-12-04T23:59:59+03:00[Africa/Nairobi]',
      source: {
        text: 'by the example of the WTO Dispute Settlement Understanding, art. 4.3',
        verified: false,
      },
      lapse: 'silence is on record, as silence',
      opens: [],
    },
  ],
  reservations: [
    {
      provision: 'gids-4',
      text: 'Except where the law of our seat demands a copy there, in whatever form it may be kept\u001b[31m.',
      objections: [
        {
          by: south,
          at: opened,
          precludes: true,
          text: 'A copy is what the paragraph rules out.',
          statement: { id: '6'.repeat(64), origin: 'log.north.example', index: 9 },
        },
      ],
    },
  ],
  leaving: [
    { party: south, role: 'party', at: opened + 366 * day, deadline: '2027-11-22T23:59:59+03:00[Africa/Nairobi]' },
  ],
  possible: [
    {
      move: 'acknowledge',
      title: 'Acknowledge the notification',
      by: ['respondent'],
      parties: [south],
      body: {},
    },
    { move: 'join', title: 'Join as a third party', by: [], parties: [], body: {} },
  ],
  proposals: [
    {
      statement: '5'.repeat(64),
      what: { kind: 'end-clock-at', clock: 'consultations', at: opened + 40 * day },
      by: [claimant],
    },
  ],
  timeline: [
    {
      at: opened,
      moment: '2026-11-22T12:00:00+03:00[Africa/Nairobi]',
      what: 'move',
      title: 'Notify a dispute',
      by: north,
      statement: '1'.repeat(64),
    },
  ],
  filed: [
    { name: 'reply', by: south, statement: { id: '2'.repeat(64), origin: 'log.south.example', index: 9, at: opened } },
  ],
  refused: [
    {
      name: 'settle',
      by: south,
      statement: { id: '3'.repeat(64), origin: 'log.south.example', index: 8, at: opened },
      code: 'not-possible-now',
      detail: `settle is not possible for ${respondent}: the case is in state notified`,
      refusedAt: opened,
      refusal: '',
    },
  ],
  idle: [],
  at: opened,
}

test('a case shows its state, parties, clocks with hour, zone and source, what is possible for whom, and its history', () => {
  const text = caseShown(dispute, respondent)
  for (const line of text.split('\n')) assert.ok(widthOf(line) <= 80, line)
  assert.ok(!text.includes('\u001b'), 'no control character of others reaches the terminal')
  const flat = text.replaceAll(/\s+/g, ' ')
  for (const says of [
    'Settlement of a dispute: Updates that differ by place',
    'case aaaaaaaa…:builds',
    'state Notified (notified)',
    'its clocks Africa/Nairobi, days of KE',
    'on record code-k: A dispute is on record.',
    'claimant Agency of north (aaaaaaaa…)',
    'respondent you, Agency of south (bbbbbbbb…)',
    'Acknowledgement, for respondent: running',
    'until 2026-12-04 23:59:59 +03:00, Africa/Nairobi',
    'by source 2026-12-02 12:00:00 +03:00, Africa/Nairobi; the parties agreed on the one above',
    'Understanding, art. 4.3 (unverified)',
    'Reservations: gids-4: Except where',
    'objection of you, Agency of south (bbbbbbbb…), 2026-11-22, so that nothing holds between the two: A copy is what',
    'Leaving: 2027-11-22 23:59:59 +03:00, Africa/Nairobi you, Agency of south (bbbbbbbb…) party until then, by its own notice',
    'acknowledge Acknowledge the notification respondent: you, Agency of south',
    'join Join as a third party anyone',
    'end the clock consultations at 2027-01-01 12:00:00 +03:00, Africa/Nairobi; agreed so far: aaaaaaaa…',
    'comity case move aaaaaaaa…:builds accept \\ --set proposal=5555555555555555',
    '2026-11-22 12:00:00 +03:00, Africa/Nairobi Notify a dispute by Agency of north',
    'Filed at home, and not taken by the seat yet: reply by you, Agency of south',
    'settle is not possible for Agency of south (bbbbbbbb…): the case is in state notified [not-possible-now]',
  ])
    assert.ok(flat.includes(says), `${says}\n${text}`)
  assert.ok(!flat.includes('assistant'), 'a role that nobody has is not shown')
})

test('a notice that is to end otherwise is said to be whose', () => {
  const what = { kind: 'end-clock-at' as const, clock: 'notice', at: opened + 40 * day, party: respondent }
  const wishes = (own?: string) =>
    caseShown({ ...dispute, proposals: [{ statement: '5'.repeat(64), what, by: [claimant] }] }, own)
  assert.match(wishes().replaceAll(/\s+/g, ' '), /end the clock notice for Agency of south \(bbbbbbbb…\) at 2027-01-01/)
  assert.match(wishes(respondent).replaceAll(/\s+/g, ' '), /end the clock notice for you at/)
})

test('answers to a ping stand beside the directory: as listed, otherwise, not listed, not said, or with nothing beside', () => {
  const contacts = [
    { function: 'judicial' as const, hours: 'Mon–Fri 08:00–17:00 UTC', languages: ['en', 'fr'], key: '7'.repeat(64) },
  ]
  const statement = { id: '2'.repeat(64), origin: 'log.south.example', index: 9, at: opened }
  const long = 'around the clock, but on the last Friday of each month, when nobody is there\u001b[31m'
  const ping: CaseResponse['ping'] = {
    function: 'judicial',
    askedAt: opened,
    answers: [
      {
        party: south,
        standing: 'late',
        answer: { hours: long, language: 'en-GB', key: '7'.repeat(64), statement },
        directory: 'listed',
        contacts,
        listedBy: statement,
        compared: { hours: 'differs', language: 'as-listed', key: 'as-listed' },
      },
      {
        party: north,
        standing: 'in-time',
        answer: { hours: '24/7', statement },
        directory: 'listed',
        contacts: [{ function: 'judicial' }],
        compared: { hours: 'not-listed', language: 'not-said', key: 'not-said' },
      },
      { party: north, standing: 'none', directory: 'listed', contacts },
      { party: south, standing: 'awaited', directory: 'none', contacts: [] },
      { party: south, standing: 'in-time', answer: { language: 'fr', statement }, directory: 'unseen', contacts: [] },
    ],
  }
  const text = caseShown({ ...dispute, ping })
  for (const line of text.split('\n')) assert.ok(widthOf(line) <= 80, line)
  assert.ok(!text.includes('\u001b'))
  const flat = text.replaceAll(/\s+/g, ' ')
  for (const says of [
    'Answers beside the directory of contacts (judicial): Agency of south (bbbbbbbb…): answered late, 2026-11-22 12:00:00',
    'when nobody is there; listed otherwise: Mon–Fri 08:00–17:00 UTC',
    'language en-GB, as listed: en, fr',
    'key 7777777777777777, as listed listed since 2026-11-22 09:00:00 UTC, statement 22222222…',
    'answered in time, 2026-11-22 12:00:00 +03:00, Africa/Nairobi hours 24/7; none is listed',
    'has not answered hours not said; listed: Mon–Fri',
    'not answered yet it had no judicial contact in the directory when it was asked',
    'no log in which it is at home is followed language fr',
  ])
    assert.ok(flat.includes(says), `${says}\n${text}`)
})

test('whoever agreed to a proposal already is not asked to accept it', () => {
  assert.ok(!caseShown(dispute, claimant).includes('accept'))
  assert.ok(!caseShown(dispute).includes('you'))
})

test('a state that is over, taken back or standing still says so', () => {
  assert.equal(stateText({ ...dispute, standing: 'ended' }), 'Notified (notified), ended')
  assert.match(stateText({ ...dispute, standing: 'withdrawn' }), /withdrawn by who opened it/)
  assert.match(stateText({ ...dispute, suspended: true }), /suspended by agreement/)
  assert.match(possibleList({ possible: [] }), /Nothing is possible/)
})

test('a refusal says for each who may do the same what that is, and counts many', () => {
  const list = (own?: string) => possibleList(dispute, own).replaceAll(/\s+/g, ' ')
  assert.equal(list(), ' Possible now: for Agency of south (bbbbbbbb…): acknowledge for anyone: join')
  assert.match(list(respondent), /for you, Agency of south/)
  const members = Array.from({ length: 40 }, (_, i) =>
    named(`urn:comity:party:${String(i).padStart(64, '0')}`, `M ${i}`),
  )
  const cast = { move: 'cast', title: 'Vote', by: ['member'], parties: members, body: {} }
  const many = possibleList({ possible: [cast] }, members[7]?.party)
  assert.match(many.replaceAll(/\s+/g, ' '), /for you, M 7 \(0{8}…\); M 0 .* and 35 more: cast/)
})

test('moments are read with their zone, URNs with the names of who they are', () => {
  assert.equal(momentWords('2026-12-02T23:59:59+00:00[UTC]'), '2026-12-02 23:59:59 UTC')
  assert.equal(momentWords('2026-12-02T23:59:59-05:00[America/Bogota]'), '2026-12-02 23:59:59 -05:00, America/Bogota')
  assert.equal(withNames(`by ${respondent}`, dispute), 'by Agency of south (bbbbbbbb…)')
  assert.equal(withNames(`by urn:comity:party:${'c'.repeat(64)}`, dispute), 'by cccccccc…')
  assert.equal(caseText(dispute.urn), 'aaaaaaaa…:builds')
})
