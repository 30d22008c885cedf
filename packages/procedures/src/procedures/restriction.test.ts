import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moveBy, partyOf, seat, start, utc } from '../play.fixture.ts'
import { atTime } from '../at-time.ts'
import { openCase, reduce } from '../reduce.ts'
import { requireForm } from '../require-form.ts'
import { restriction } from './restriction.ts'
import { conditions, missingConditions, type Notice, personalDataIn } from './restriction-conditions.ts'

const whole: Notice = {
  request: 'court-order',
  basis: { instrument: 'Act', article: '12', url: 'https://law.example/act/12' },
  ground: 'rights-of-others',
  order: { court: 'Court', reference: '3 O 17/26', date: '2026-11-20T00:00:00Z', sha256: `sha256:${'0d'.repeat(32)}` },
  content: `sha256:${'c0'.repeat(32)}`,
  necessity: { threat: 'A child could be recognised.', link: 'The picture shows the way to school.' },
  alternatives: ['Blurring was tried.'],
  end: '2027-11-20T00:00:00Z',
  incitement: { context: 'a', speaker: 'b', intent: 'purpose', form: 'c', extent: 'd', likelihood: 'e' },
  publicInterest: 'elections',
  review: { body: 'Ombudsman' },
  notified: { at: '2026-11-21T00:00:00Z' },
  appeal: { body: 'Court of appeal' },
}

const without = (name: keyof Notice): Notice => {
  const { [name]: _, ...rest } = whole
  return rest as Notice // one that lacks a member which its schema lets be absent
}

/** For each condition what a notice looks like that lacks it. */
const lacking: Readonly<Record<string, readonly Notice[]>> = {
  ground: [without('ground')],
  basis: [without('basis')],
  order: [without('order')],
  necessity: [without('necessity')],
  alternatives: [without('alternatives'), { ...whole, alternatives: [] }],
  end: [without('end')],
  incitement: [
    { ...whole, incitement: {} },
    { ...whole, incitement: { ...whole.incitement, intent: 'recklessness' } },
    { ...whole, incitement: { ...whole.incitement, intent: 'negligence' } },
    ...(['context', 'speaker', 'form', 'extent', 'likelihood'] as const).map((part) => {
      const { [part]: _, ...rest } = whole.incitement ?? {}
      return { ...whole, incitement: rest }
    }),
  ],
  review: [without('review')],
  notified: [without('notified'), { ...whole, notified: {} }],
  appeal: [without('appeal')],
}

test('a notice that shows everything lacks nothing', () => assert.deepEqual(missingConditions(whole), []))

for (const { name } of conditions) {
  test(`a notice that does not meet the condition ${name} says so on its face, and is registered all the same`, () => {
    const notices = lacking[name] ?? []
    assert.ok(notices.length > 0)
    for (const each of notices) {
      assert.deepEqual(missingConditions(each), [name])
      const of = openCase(restriction, moveBy('issuer', 'notice', each), { seat, place: utc })
      assert.deepEqual([of.state, of.facts['missing']], ['noticed', [name]])
      const supplemented = reduce(restriction, of, moveBy('issuer', 'supplement', whole))
      assert.deepEqual(supplemented.facts['missing'], [], 'what is added completes it')
    }
  })
}

test('conditions that nothing calls for are met', () => {
  const { incitement: _, publicInterest: __, review: ___, ...plain } = whole
  assert.deepEqual(missingConditions(plain), [])
})

const personal: readonly (readonly [string, object, RegExp])[] = [
  [
    'an e-mail address',
    { necessity: { threat: 'write to jane.doe@mail.example.org', link: 'x' } },
    /\/necessity\/threat holds an e-mail address/,
  ],
  ['an IPv4 address', { alternatives: ['ask 203.0.113.7 instead'] }, /\/alternatives\/0 holds an IPv4 address/],
  ['an IPv6 address', { alternatives: ['ask 2001:db8::7 instead'] }, /an IPv6 address/],
  ['an account', { incitement: { speaker: 'known as @loudvoice' } }, /an account/],
  ['the address of content', { defences: ['see https://news.example/article'] }, /an address of content/],
  ['a telephone number', { defences: ['call +41 22 730 5111'] }, /a telephone number/],
  ['raw content', { defences: ['<p>What was said</p>'] }, /raw content/],
  ['a picture', { necessity: { threat: `data:image/png;base64,${'iVBOR'.repeat(20)}`, link: 'x' } }, /raw content/],
]
for (const [what, change, message] of personal) {
  test(`a notice that holds ${what} is refused outright`, () => {
    const move = moveBy('issuer', 'notice', { ...whole, ...change })
    assert.throws(() => openCase(restriction, move, { seat, place: utc }), { code: 'guarded', message })
  })
}

test('a field for a name or for content is none that a notice has', () => {
  for (const extra of [{ name: 'Jane Doe' }, { account: 'x' }, { text: 'what was said' }]) {
    const move = moveBy('issuer', 'notice', { ...whole, ...extra })
    assert.throws(() => openCase(restriction, move, { seat, place: utc }), { code: 'bad-body' })
  }
})

test('versions, dates, references and digests are nobody', () => {
  for (const text of [
    'version 1.2.3',
    'at 12:30:45',
    '3 O 17/26',
    '2026-11-20T00:00:00Z',
    `sha256:${'0d'.repeat(32)}`,
    'art. 19(3)',
  ])
    assert.equal(personalDataIn({ text }), undefined, text)
})

test("a third party's record stands as that party's claim, and its issuer can answer it", () => {
  const body = { ...whole, issuer: partyOf('issuer'), method: 'Name servers of three providers answer alike.' }
  const of = openCase(restriction, moveBy('watcher', 'record', body), { seat, place: utc })
  assert.equal(of.state, 'recorded')
  assert.deepEqual(of.roles['recorder'], [partyOf('watcher')])
  assert.equal(reduce(restriction, of, moveBy('issuer', 'supplement', whole)).state, 'recorded')
  assert.throws(() => reduce(restriction, of, moveBy('watcher', 'supplement', whole)), { code: 'not-your-move' })
})

test('a restriction ends on the day that was said, and one without an end goes on', () => {
  const of = openCase(restriction, moveBy('issuer', 'notice', whole), { seat, place: utc })
  const end = Date.parse('2027-11-20T00:00:00Z') / 1000
  assert.equal(atTime(restriction, of, end).state, 'noticed')
  assert.equal(atTime(restriction, of, end + 1).state, 'expired')
  const endless = openCase(restriction, moveBy('issuer', 'notice', without('end')), { seat, place: utc })
  assert.equal(atTime(restriction, endless, start + 100 * 365 * 86_400).state, 'noticed')
})

test('no move of a record names a person or brings a document, replies and decisions neither, in whichever log', () => {
  const of = openCase(restriction, moveBy('issuer', 'notice', { ...whole, reviewer: partyOf('court') }), {
    seat,
    place: utc,
  })
  const appealed = reduce(restriction, of, moveBy('counsel', 'appeal', { text: 'It names nobody.' }))
  const documents = [{ digest: `sha256:${'0d'.repeat(32)}`, size: 9, type: 'image/png' }]
  const tried: readonly (readonly [string, string, object])[] = [
    ['issuer', 'reply', { text: 'Ask jane.doe@mail.example.org.' }],
    ['issuer', 'reply', { text: 'See the picture.', documents }],
    ['counsel', 'reply', { text: 'Posted by @loudvoice.' }],
    ['court', 'decide', { result: 'upheld', reasons: 'Served from 203.0.113.7.' }],
    ['issuer', 'reinstate', { text: 'At https://news.example/article.' }],
    ['issuer', 'withdraw', { reason: 'Call +41 22 730 5111.' }],
  ]
  for (const [role, name, body] of tried) {
    const move = moveBy(role, name, { ...body })
    assert.throws(() => reduce(restriction, appealed, move), { code: 'guarded', message: /names nobody/ })
    assert.throws(() => requireForm(restriction, move), { code: 'guarded' })
  }
  const plain = { name: 'reply', body: { text: 'We note it.' } }
  requireForm(restriction, plain)
  assert.throws(() => requireForm(restriction, { ...plain, documents }), {
    code: 'guarded',
    message: /brings documents/,
  })
})

test('an appeal that is pending on the last day is decided before the case ends', () => {
  const end = Date.parse('2027-11-20T00:00:00Z') / 1000
  let of = openCase(restriction, moveBy('issuer', 'notice', { ...whole, reviewer: partyOf('court') }), {
    seat,
    place: utc,
  })
  of = reduce(restriction, of, moveBy('counsel', 'appeal', { text: 'It names nobody.' }, end))
  assert.throws(() => reduce(restriction, of, moveBy('issuer', 'withdraw', {}, end)), { code: 'not-possible-now' })
  assert.equal(atTime(restriction, of, end + 100).state, 'appealed')
  const reversed = { result: 'reversed', reasons: 'Nothing in it tells where it was taken.' }
  const decided = reduce(restriction, of, moveBy('court', 'decide', reversed, end + 100))
  assert.equal(decided.state, 'reversed')
  assert.equal(atTime(restriction, decided, end + 101).state, 'expired')
})

test('nothing that a record keeps finds content again: the digest of it is in no fact', () => {
  const of = openCase(restriction, moveBy('issuer', 'notice', whole), { seat, place: utc })
  assert.deepEqual(of.facts, { missing: [] })
})
