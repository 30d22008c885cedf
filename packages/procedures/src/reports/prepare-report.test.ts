import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { clockProfiles } from '../clocks/profiles/profiles.ts'
import { exampleMoves, moveBy, partyOf } from '../play.fixture.ts'
import { disclosure } from '../procedures/disclosure.ts'
import { crossingDuties } from './others-duties.ts'
import { prepareReport } from './prepare-report.ts'
import { recordOf, type RecordParts } from './record.ts'
import { reportText } from './report-text.ts'

const at = Date.UTC(2026, 10, 20, 9) / 1000
const product = `urn:comity:product:${'a1'.repeat(32)}:gateway`
const parts: RecordParts = {
  party: {
    id: '1'.repeat(64),
    urn: partyOf('vendor'),
    payload: {
      names: [{ language: 'en', text: 'North Gateways' }],
      state: 'XA',
      contacts: [{ function: 'security', email: 'psirt@north.invalid', key: 'e'.repeat(64) }],
    },
  },
  advisory: {
    id: '2'.repeat(64),
    urn: `urn:comity:advisory:${'a1'.repeat(32)}:NORTH-2026-001`,
    payload: {
      id: 'NORTH-2026-001',
      products: [product],
      title: 'Two length headers pass the filter',
      severity: { vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' },
      aliases: ['CVE-2026-10001'],
      published: '2026-11-20T12:00:00Z',
      modified: '2026-11-20T12:00:00Z',
      remedy: { kind: 'update', version: '2.1.1', url: 'https://north.invalid/update' },
      document: `sha256:${'5e'.repeat(32)}`,
      documents: [],
    },
  },
  products: [
    {
      id: '3'.repeat(64),
      urn: product,
      payload: {
        name: 'Gateway',
        purls: ['pkg:npm/%40north/gateway'],
        updatePolicy: { mechanism: 'download', consent: 'required', security: 'separate', rollback: true },
      },
    },
  ],
}

test('each part of a report says where it stands in the record, and what is not there is a gap, never made up', () => {
  const record = recordOf({ ...parts, happened: { exploitedAt: at } })
  const draft = prepareReport('eu-cra', 'early-warning', record, at + 3600)
  assert.equal(draft.deadline, '2026-11-21T10:00:00+01:00[Europe/Brussels]')
  const item = (name: string) => draft.items.find((each) => each.name === name) ?? assert.fail(name)
  assert.deepEqual(item('reporter').facts[0], {
    text: 'North Gateways (XA)',
    source: { in: 'statement', id: '1'.repeat(64), pointer: '/names/0' },
  })
  assert.deepEqual(
    item('product').facts.map(({ source }) => source),
    [{ in: 'statement', id: '3'.repeat(64), pointer: '/name' }],
  )
  assert.deepEqual([item('availability').isGap, item('exploit').isGap], [true, true])
  assert.deepEqual(draft.missing, ['exploit'], 'what is asked for where available is a gap, and not missing')
  assert.deepEqual(
    draft.happened.map(({ name, source }) => [name, source.in]),
    [['exploitedAt', 'word']],
  )
})

test('what the officer adds stands as the officer’s word', () => {
  const said = { exploit: 'Requests are smuggled past the filter.', impact: 'Sessions of others are read.' }
  const record = recordOf({ ...parts, said, happened: { exploitedAt: at, remedyAt: at } })
  const draft = prepareReport('eu-cra', 'final-report', record, at)
  assert.deepEqual(draft.missing, [])
  const impact = draft.items.find(({ name }) => name === 'impact')
  assert.deepEqual(impact?.facts, [{ text: said.impact, source: { in: 'word' } }])
  assert.match(reportText(draft), /Sessions of others are read\.\n {4}\[the officer’s word\]/)
})

test('what a vendor stated in its disclosure starts the clocks of its laws, and what it noted as sent stops them', () => {
  const duties = { laws: ['cn-products', 'eu-cra'], awareAt: at, exploitedAt: at + 60 }
  const stated = { ...moveBy('vendor', 'state-duties', { duties }) }
  const other = { ...moveBy('vendor 2', 'state-duties', { duties: { laws: ['au-soci'], awareAt: at - 99 } }) }
  const sentAt = at + 3600
  const note = {
    ...moveBy('vendor', 'note-report', { law: 'cn-products', duty: 'report', to: 'the ministry', sentAt }),
  }
  const { advisory: _, ...unpublished } = parts
  const record = recordOf({ ...unpublished, moves: [...exampleMoves(disclosure), stated, other, note] })
  assert.deepEqual(record.laws, ['cn-products', 'eu-cra'])
  assert.equal(record.subject, 'Requests with two length headers pass the filter')
  const draft = prepareReport('cn-products', 'report', record, at + 99_999)
  assert.deepEqual([draft.standing, draft.endsAt], ['sent', at + 48 * 3600])
  assert.ok(
    draft.items.find(({ name }) => name === 'vulnerability')?.facts.some(({ text }) => text === 'CVE-2026-10001'),
  )
  assert.deepEqual(draft.happened[0]?.source, { in: 'move', id: stated.statement, pointer: '/duties/awareAt' })
})

test('the embargo of a disclosure is known to the record, as set, else as proposed, and not once it was lifted', () => {
  const moves = exampleMoves(disclosure)
  const end = Date.UTC(2026, 11, 15, 15) / 1000
  assert.equal(recordOf({ moves }).embargoEndsAt, end)
  const until = (name: string) =>
    moves.slice(
      0,
      moves.findIndex((each) => each.name === name),
    )
  assert.equal(recordOf({ moves: until('propose-date') }).embargoEndsAt, undefined)
  assert.equal(recordOf({ moves: until('set-embargo') }).embargoEndsAt, end)
  const lifted = moveBy('coordinator', 'lift', { reason: 'x' })
  assert.equal(recordOf({ moves: [...until('publish'), lifted] }).embargoEndsAt, undefined)
})

test('the coordinator sees whose laws cut across the embargo, and a vendor its own; a law without a profile is named', () => {
  const duties = { laws: ['cn-products', 'moon'], awareAt: at }
  const moves = [...exampleMoves(disclosure), moveBy('vendor', 'state-duties', { duties })]
  const [one, ...others] = crossingDuties(moves, at)
  assert.equal(others.length, 0)
  assert.deepEqual(
    [one?.party, one?.duties.map(({ law }) => law), one?.unknown],
    [partyOf('vendor'), ['cn-products'], ['moon']],
  )
  assert.deepEqual(crossingDuties(moves.slice(0, 5), at), [])
})

test('the text of a report has at most 80 columns, no character that steers a terminal, and says what is unverified', () => {
  const words = fc.string({ unit: 'binary', maxLength: 300 })
  fc.assert(
    fc.property(words, words, fc.nat(1000), fc.boolean(), (impact, exploit, pick, isWhole) => {
      const profile = clockProfiles[pick % clockProfiles.length] ?? assert.fail()
      const duty = profile.duties[pick % profile.duties.length] ?? assert.fail()
      const record = recordOf({ ...(isWhole ? parts : {}), said: { impact, exploit }, happened: { awareAt: at } })
      const text = reportText(prepareReport(profile.id, duty.name, record, at))
      for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
      assert.doesNotMatch(text, /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)
      assert.equal(text.includes('(unverified)'), !duty.source.verified)
      assert.match(text, /^DRAFT/)
    }),
    { numRuns: 100 },
  )
})

test('an empty record gives a draft that is all gaps, and no law invents a deadline', () => {
  for (const profile of clockProfiles)
    for (const { name } of profile.duties) {
      const draft = prepareReport(profile.id, name, recordOf({}), at)
      assert.ok(draft.items.every(({ isGap }) => isGap))
      assert.deepEqual([draft.endsAt, draft.standing, draft.subject], [undefined, 'not-begun', 'not named yet'])
      assert.ok(draft.missing.length > 0)
    }
  assert.throws(() => prepareReport('eu-cra', 'nothing', recordOf({}), at), { code: 'unknown-profile' })
})
